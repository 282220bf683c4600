// White steps and a wall under a hard southern sun.
#version 3.7;
global_settings {
  assumed_gamma 1.0
  radiosity { pretrace_start 0.08 pretrace_end 0.02 count 150 nearest_count 10 error_bound 0.8 recursion_limit 2 low_error_factor 0.6 }
}
#default { finish { ambient 0 diffuse 0.86 } }
camera { location <-7.5, 1.7, -16> look_at <0.4, 3.55, 0> right x*1.0 up y angle 33 }
light_source { <-520, 560, -210> rgb <1.0, 0.88, 0.72>*1.22 parallel point_at 0 area_light <7, 0, 0>, <0, 0, 7>, 5, 5 adaptive 1 jitter circular orient }
sky_sphere { pigment { gradient y color_map { [0.0 rgb <0.30, 0.46, 0.66>*0.75] [0.35 rgb <0.10, 0.24, 0.47>*0.75] [1 rgb <0.05, 0.14, 0.36>*0.75] } } }

#macro Lime(Tone)
  texture {
    pigment { bozo turbulence 1 octaves 8 lambda 2.2 scale <2.4, 1.6, 2.4> color_map { [0 rgb Tone*0.90] [0.5 rgb Tone] [1 rgb Tone*1.03] } }
    normal { average normal_map { [1.2 granite 0.10 scale 1.6] [1 bumps 0.10 scale 0.10] [0.5 bumps 0.10 scale 0.7] } }
  }
  // Rain has run down here for some winters.
  texture { pigment { granite turbulence 0.2 scale <0.5, 4.5, 0.5> color_map { [0 rgbt <0.42, 0.34, 0.26, 0.80>] [0.2 rgbt <0.5, 0.4, 0.3, 0.98>] [0.3 rgbt 1] [1 rgbt 1] } } finish { diffuse 0.8 } }
#end
#declare White = <0.80, 0.775, 0.735>;
#declare Rose = <0.70, 0.36, 0.26>;

#macro Soft(A, B, R)
  merge {
    box { A + <R, R, 0>, B - <R, R, 0> }
    box { A + <0, R, R>, B - <0, R, R> }
    box { A + <R, 0, R>, B - <R, 0, R> }
    cylinder { <A.x + R, B.y - R, A.z + R>, <B.x - R, B.y - R, A.z + R>, R }
    cylinder { <A.x + R, A.y, A.z + R>, <A.x + R, B.y - R, A.z + R>, R }
    cylinder { <A.x + R, B.y - R, A.z + R>, <A.x + R, B.y - R, B.z>, R }
    sphere { <A.x + R, B.y - R, A.z + R>, R }
  }
#end
// The flight: fourteen steps to the right.
#declare I = 0;
#while (I < 15)
  object { Soft(<-3.2 + I*0.62, -1, -1.4>, <14, 0.02 + (I + 1)*0.36, 2.4>, 0.035) Lime(White*(1 - 0.015*mod(I*7, 4))) }
  #declare I = I + 1;
#end
// The terracotta wall behind, with a door into shade, and a lower white wall in front.
difference {
  box { <-30, -1, 2.4>, <16, 8.2, 3.6> }
  union { box { <-4.95, -1.5, 2>, <-3.55, 2.35, 3.2> } cylinder { <-4.25, 2.35, 2>, <-4.25, 2.35, 3.2>, 0.70 } }
  box { <-0.2, 5.1, 2>, <0.75, 6.5, 3.1> }
  Lime(Rose)
}
box { <-30, 8.2, 2.2>, <16, 8.42, 3.8> Lime(White) }
box { <2.6, -1, 3.6>, <16, 11.4, 12> Lime(White*0.98) }
difference { box { <3.2, -1, -2.0>, <14, 3.1, -1.45> } plane { <-0.50, 0.86, 0>, 0 inverse translate <3.2, 1.35, 0> } Lime(White*0.99) }
plane { y, 0 Lime(<0.60, 0.54, 0.46>) }
