// Eggs in a bowl, from above, at a kitchen window. The darkroom adds the depth of field.
#version 3.7;
global_settings {
  assumed_gamma 1.0
  radiosity { pretrace_start 0.08 pretrace_end 0.02 count 120 nearest_count 10 error_bound 0.9 recursion_limit 1 low_error_factor 0.6 }
}
#default { finish { ambient 0 diffuse 0.82 } }
camera { location <-1.4, 9.2, -8.2> look_at <0.25, 0.75, 0.1> right x*1.5 up y angle 35 }
light_source { <-17, 10, 9> rgb <1.0, 0.98, 0.95>*1.7 area_light <5, 0, 8>, <0, 8, 0>, 7, 7 adaptive 1 jitter fade_distance 22 fade_power 1 }
sky_sphere { pigment { gradient y color_map { [0 rgb <0.14, 0.12, 0.10>] [1 rgb <0.13, 0.14, 0.16>] } } }

// Dark oak boards.
#declare I = -6;
#while (I < 7)
  box { <-14, -0.6, 0.02>, <14, 0, 1.78>
    texture {
      pigment { wood turbulence <0.10, 0.05, 0.14> octaves 5 scale <7, 0.28, 0.28> rotate <2 + 5*sin(I*3), 88 + 2*sin(I*5), 0> rotate y*90 translate <I*7, I*0.31, I*0.11>
        color_map { [0 rgb <0.115, 0.070, 0.043>] [0.5 rgb <0.155, 0.098, 0.060>] [0.85 rgb <0.085, 0.050, 0.031>] [1 rgb <0.115, 0.070, 0.043>] } }
      normal { average normal_map { [1 granite 0.14 scale <3.2, 0.5, 0.25>] [1 bumps 0.05 scale 0.4] } }
      finish { diffuse 0.85 specular 0.10 roughness 0.07 }
    }
    translate z*I*1.8 rotate y*14
  }
  #declare I = I + 1;
#end
// A stoneware bowl.
lathe { cubic_spline 13, <-0.3, 0.1>, <0.0, 0.1>, <1.25, 0.08>, <1.32, 0.24>, <2.05, 0.62>, <2.65, 1.22>, <2.84, 1.78>, <2.78, 1.83>, <2.69, 1.79>, <2.50, 1.25>, <1.85, 0.72>, <0.0, 0.40>, <-0.4, 0.4>
  texture { pigment { granite scale 1.1 color_map { [0 rgb <0.27, 0.26, 0.24>] [0.3 rgb <0.42, 0.405, 0.38>] [1 rgb <0.50, 0.48, 0.45>] } }
    normal { average normal_map { [1 granite 0.05 scale 0.6] [1 bumps 0.06 scale <1.2, 0.10, 1.2>] } } finish { diffuse 0.8 specular 0.22 roughness 0.05 } } }

#declare Dice = seed(41);
#macro Egg(Place, Tip, Turn, Tone)
  // A body of revolution blunt at one end: x = r sin t, y = cos t (1 + 0.12 cos t).
  lathe { cubic_spline 19, #local T = -10; #local First = 1; #while (T <= 190) #if (First = 0) , #end #local First = 0; <0.615*sin(radians(T))*(1 - 0.10*cos(radians(T))), 0.80*cos(radians(T))*(1 + 0.05*cos(radians(T)))> #local T = T + 200/18; #end
    texture {
      pigment { bozo turbulence 0.4 scale 0.9 translate rand(Dice)*40 color_map { [0 rgb Tone*0.95] [1 rgb Tone*1.04] } }
      normal { average normal_map { [1 bumps 0.09 scale 0.035] [1 granite 0.03 scale 0.2] } translate rand(Dice)*40
      } finish { diffuse 0.84 specular 0.09 roughness 0.09 } }
    texture { pigment { granite scale 0.45 translate rand(Dice)*40 color_map { [0 rgbt <0.30, 0.17, 0.09, 0.15>] [0.13 rgbt <0.38, 0.22, 0.12, 0.75>] [0.2 rgbt 1] [1 rgbt 1] } } finish { diffuse 0.8 } }
    rotate x*Tip rotate y*Turn translate Place }
#end
#declare Cream = <0.80, 0.70, 0.57>;
#declare Brown = <0.62, 0.38, 0.235>;
#declare Pale = <0.79, 0.76, 0.70>;
#declare Blue = <0.58, 0.64, 0.60>;
Egg(<-0.95, 1.18, -1.05>, 74, 20, Brown)
Egg(<0.55, 1.20, -1.25>, 80, 115, Cream)
Egg(<1.45, 1.30, 0.05>, 70, 60, Pale)
Egg(<0.05, 1.16, 0.10>, 84, 160, Blue)
Egg(<-1.45, 1.28, 0.35>, 76, 75, Cream)
Egg(<0.75, 1.26, 1.25>, 72, 20, Brown)
Egg(<-0.60, 1.28, 1.40>, 78, 130, Pale)
Egg(<-0.35, 2.02, -0.55>, 86, 48, Cream*1.03)
Egg(<0.85, 2.00, -0.25>, 80, 150, Brown*1.1)
Egg(<4.05, 0.62, -1.75>, 88, 65, Pale)
