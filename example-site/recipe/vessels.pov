// Five vessels on a table beside a north window. A still life after an old habit.
#version 3.7;
global_settings {
  assumed_gamma 1.0
  radiosity { pretrace_start 0.08 pretrace_end 0.015 count 180 nearest_count 12 error_bound 0.7 recursion_limit 2 low_error_factor 0.6 brightness 1.0 }
}
#default { finish { ambient 0 diffuse 0.82 } }
camera { location <0.6, 4.1, -17> look_at <0.1, 2.75, 0> right x*0.8 up y angle 26 }

// The window: large, to the left, cool. A little warm light returns from the room.
light_source { <-22, 15, -10> rgb <1.0, 0.97, 0.92>*1.55 area_light <0, 0, 11>, <3, 8, 0>, 9, 9 adaptive 1 jitter fade_distance 30 fade_power 1 }
sky_sphere { pigment { gradient y color_map { [0 rgb <0.16, 0.13, 0.11>] [1 rgb <0.10, 0.11, 0.13>] } } }

#macro Glaze(Base, Dark, Shine)
  texture {
    pigment { bozo turbulence 0.7 octaves 6 scale <0.9, 0.35, 0.9> color_map { [0 rgb Dark] [0.45 rgb Base] [1 rgb Base*1.08] } }
    normal { average normal_map { [1 granite 0.05 scale 0.25] [1.5 bumps 0.05 scale <0.5, 0.06, 0.5>] } }
    finish { diffuse 0.8 specular Shine roughness 0.03 }
  }
  texture { pigment { granite scale 0.5 color_map { [0 rgbt <0.2, 0.15, 0.1, 0.55>] [0.22 rgbt <0.3, 0.2, 0.1, 1>] [1 rgbt 1] } } finish { diffuse 0.7 } }
#end

// Wall of old plaster, table under a cloth of thick paper.
plane { z, 5.5
  texture {
    pigment { bozo turbulence 1 octaves 7 lambda 2.3 scale 4 color_map { [0 rgb <0.50, 0.47, 0.42>] [0.5 rgb <0.56, 0.53, 0.48>] [1 rgb <0.60, 0.57, 0.52>] } }
    normal { average normal_map { [1 granite 0.09 scale 2.2] [1 wrinkles 0.12 scale 0.5] } }
  }
}
box { <-30, -1, -7>, <30, 0, 5.0>
  texture {
    pigment { bozo turbulence 0.8 octaves 7 scale <3, 1, 1.2> color_map { [0 rgb <0.58, 0.50, 0.41>] [1 rgb <0.68, 0.61, 0.52>] } }
    normal { average normal_map { [1 granite 0.06 scale 0.8] [1 bumps 0.05 scale 0.05] } }
    finish { diffuse 0.8 specular 0.04 roughness 0.12 }
  }
}

// A tall bottle with a long neck.
lathe { cubic_spline 11, <-0.2, 0>, <0.0, 0.0>, <0.95, 0.02>, <1.10, 0.5>, <1.12, 1.9>, <1.00, 2.7>, <0.42, 3.5>, <0.30, 4.6>, <0.36, 5.2>, <0.27, 5.32>, <0.2, 5.2>
  Glaze(<0.74, 0.71, 0.65>, <0.60, 0.56, 0.49>, 0.18) translate <-0.75, 0, 1.2> }
// A blue-grey jug.
lathe { cubic_spline 11, <-0.2, 0>, <0.0, 0.0>, <0.85, 0.02>, <1.25, 0.7>, <1.42, 1.5>, <1.15, 2.4>, <0.72, 2.95>, <0.74, 3.35>, <0.88, 3.6>, <0.80, 3.62>, <0.6, 3.2>
  Glaze(<0.26, 0.33, 0.38>, <0.15, 0.20, 0.25>, 0.35) translate <1.95, 0, 0.9> }
// A low ochre bowl in front.
lathe { cubic_spline 10, <-0.2, 0.0>, <0.0, 0.0>, <0.62, 0.02>, <0.68, 0.14>, <1.05, 0.52>, <1.28, 1.05>, <1.21, 1.06>, <0.95, 0.55>, <0.0, 0.24>, <-0.3, 0.24>
  Glaze(<0.62, 0.40, 0.19>, <0.42, 0.24, 0.11>, 0.22) translate <-2.10, 0, -1.4> }
// A small white cup.
lathe { cubic_spline 12, <-0.2, 0.0>, <0.0, 0.0>, <0.55, 0.02>, <0.68, 0.3>, <0.72, 0.8>, <0.79, 1.30>, <0.77, 1.36>, <0.74, 1.34>, <0.68, 1.0>, <0.60, 0.45>, <0.0, 0.3>, <-0.3, 0.3>
  Glaze(<0.82, 0.80, 0.76>, <0.70, 0.67, 0.62>, 0.30) translate <0.15, 0, -1.2> }
// A dark narrow vase at the back.
lathe { cubic_spline 10, <-0.2, 0>, <0.0, 0.0>, <0.62, 0.02>, <0.75, 0.6>, <0.70, 2.2>, <0.46, 3.3>, <0.42, 3.9>, <0.55, 4.25>, <0.47, 4.27>, <0.3, 3.8>
  Glaze(<0.33, 0.20, 0.15>, <0.20, 0.11, 0.08>, 0.20) translate <-2.85, 0, 1.5> }
// Two plums.
#macro Plum(Place, Turn)
  sphere { 0, 0.5 scale <1, 0.93, 1>
    texture { pigment { bozo turbulence 0.5 scale 0.35 color_map { [0 rgb <0.10, 0.05, 0.12>] [0.6 rgb <0.20, 0.07, 0.13>] [1 rgb <0.32, 0.30, 0.40>] } }
      normal { bumps 0.04 scale 0.12 } finish { diffuse 0.75 specular 0.25 roughness 0.06 } }
    rotate Turn translate Place }
#end
Plum(<1.55, 0.46, -1.75>, <10, 30, 20>)
Plum(<2.35, 0.46, -1.25>, <60, 80, 40>)
