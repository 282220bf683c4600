//! The whole site in memory, without a picture made and without a file written: what `check` and `theme data` look at.

use safelight::build::{Access, State};
use safelight::catalog::{Catalog, Index};
use safelight::compose::{Composer, Drawing, Files};
use safelight::config::Config;
use safelight::pages::Theme;
use safelight::plan::{Grants, Pictures, Plan, audience_faults};
use safelight::{Error, ErrorKind, Result};

use super::Context;
use super::desk::{self, Day};

/// What can be seen of a site that is read and composed.
pub(crate) struct Whole<'a> {
    pub(crate) config: &'a Config,
    pub(crate) access: &'a Access,
    pub(crate) catalog: &'a Catalog,
    pub(crate) plan: &'a Plan,
    pub(crate) pictures: &'a Pictures,
    pub(crate) theme: &'a Theme,
    pub(crate) composer: &'a Composer<'a>,
    pub(crate) files: &'a Files,
    /// Everything that a build would warn of up to here, in its order.
    pub(crate) warnings: Vec<Error>,
}

/// Who may reach what, for the commands that look at a site without publishing it. Without the secret they show the open
/// part, and say so. Other warnings are given to `warn`.
pub(crate) fn access(context: &Context, config: &Config, warn: impl FnMut(&Error)) -> Result<Access, Vec<Error>> {
    let (access, warnings) = match desk::access_untold(context, config, Day::default(), false) {
        Err(errors) if errors.iter().all(|error| error.kind == ErrorKind::Secret) => {
            errors.iter().for_each(|error| context.voice.warning(error));
            desk::access_untold(context, config, Day::default(), true)?
        }
        other => other?,
    };
    warnings.iter().for_each(warn);
    Ok(access)
}

/// Reads and composes a site, and shows it to `look`; what is to be known of the secret's place and of git goes to `warn`.
///
/// # Errors
/// All that is wrong, as far as it can be known at once: galleries and theme are both read before either is told.
pub(crate) fn compose<T>(
    context: &Context,
    config: &Config,
    warn: impl FnMut(&Error),
    look: impl FnOnce(Whole<'_>) -> Result<T, Vec<Error>>,
) -> Result<T, Vec<Error>> {
    let mut index = Index::load(&State::of(config).index());
    let catalog = Catalog::read(config, &mut index);
    let theme = Theme::of(config);
    let (mut catalog, theme) = match (catalog, theme) {
        (Ok(catalog), Ok(theme)) => (catalog, theme),
        (catalog, theme) => {
            return Err([catalog.err(), theme.err()].into_iter().flatten().flatten().collect());
        }
    };
    let access = access(context, config, warn)?;
    catalog.close_ended(access.today().date());
    let publications = access
        .publications(config, catalog.galleries.iter().map(|gallery| &gallery.config))
        .map_err(|error| vec![error])?;
    let faults = audience_faults(config, &catalog, &publications);
    if !faults.is_empty() {
        return Err(faults);
    }
    let grants = access.keys().map(|keys| Grants { keys, publications: &publications });
    let (plan, pictures, drawing, drawn) = loop {
        let plan = Plan::new(&catalog, grants.as_ref())?;
        let pictures = Pictures::new(config, &catalog);
        let (drawing, drawn) = Drawing::new(&catalog, &plan, &pictures);
        let too_long = drawing.too_long(&plan, &drawn);
        if too_long.is_empty() {
            break (plan, pictures, drawing, drawn);
        }
        catalog.take_out(too_long);
    };
    let (composer, said) = Composer::new(config, &catalog, &plan, &pictures, &drawing, &theme)?;
    let files = composer.files(drawn);
    let taken = composer.taken_places(&files);
    if !taken.is_empty() {
        return Err(taken);
    }
    let mut warnings = catalog.warnings.clone();
    warnings.extend(theme.warnings().iter().cloned());
    warnings.extend(said);
    warnings.extend(composer.warnings());
    warnings.extend(plan.moved.iter().chain(&plan.left_out).map(|error| {
        let place =
            error.place.clone().map(|place| safelight::Place { file: Catalog::shown(config, &place.file), ..place });
        Error { place, ..error.clone() }
    }));
    look(Whole {
        config,
        access: &access,
        catalog: &catalog,
        plan: &plan,
        pictures: &pictures,
        theme: &theme,
        composer: &composer,
        files: &files,
        warnings,
    })
}
