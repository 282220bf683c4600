//! Enums that list their own variants, so that one that is added is missing from no list.

/// Declares an enum with `ALL`, its variants in the order in which they stand.
macro_rules! listed_enum {
    ($(#[$about:meta])* $seen:vis enum $name:ident { $($(#[$variant_about:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$about])*
        $seen enum $name {
            $($(#[$variant_about])* $variant),+
        }

        impl $name {
            /// Every variant, in order.
            pub const ALL: [Self; [$(stringify!($variant)),+].len()] = [$(Self::$variant),+];
        }
    };
}

pub(crate) use listed_enum;
