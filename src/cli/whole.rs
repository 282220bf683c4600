//! The whole site in memory, without a picture made and without a file written: what `check` and `theme data` look at.

use safelight::build::stages::Planned;
use safelight::build::{Access, State};
use safelight::catalog::{Catalog, Index};
use safelight::compose::{Composer, Files};
use safelight::config::Config;
use safelight::images::cache::Cache;
use safelight::pages::Theme;
use safelight::plan::{DownloadPlan, Pictures, Plan};
use safelight::publish::{Manifest, manifest_path};
use safelight::{Error, ErrorKind, Result};

use super::Context;
use super::link_session::{self, Day};

/// What can be seen of a site that is read and composed.
pub(crate) struct Whole<'a> {
    pub(crate) config: &'a Config,
    pub(crate) access: &'a Access,
    pub(crate) catalog: &'a Catalog,
    pub(crate) plan: &'a Plan,
    pub(crate) pictures: &'a Pictures,
    pub(crate) downloads: &'a DownloadPlan,
    pub(crate) theme: &'a Theme,
    pub(crate) composer: &'a Composer<'a>,
    pub(crate) files: &'a Files,
    /// Everything that a build would warn of up to here, in its order.
    pub(crate) warnings: Vec<Error>,
}

/// Who may reach what, for the commands that look at a site without publishing it. Without the secret they show the open
/// part, and say so. Other warnings are given to `warn`.
pub(crate) fn access(context: &Context, config: &Config, warn: impl FnMut(&Error)) -> Result<Access, Vec<Error>> {
    let (access, warnings) = match link_session::access_untold(context, config, Day::default(), false) {
        Err(errors) if errors.iter().all(|error| error.kind() == ErrorKind::Secret) => {
            errors.iter().for_each(|error| context.voice.warning(error));
            link_session::access_untold(context, config, Day::default(), true)?
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
    let theme = Theme::of(config, &catalog.as_ref().map(Catalog::languages).unwrap_or_default());
    let (mut catalog, theme) = match (catalog, theme) {
        (Ok(catalog), Ok(theme)) => (catalog, theme),
        (catalog, theme) => {
            return Err([catalog.err(), theme.err()].into_iter().flatten().flatten().collect());
        }
    };
    let access = access(context, config, warn)?;
    catalog.close_ended(access.today().date());
    // Without a record nothing was published from here; a damaged one is told where the output is looked at.
    let record = manifest_path(&config.output, State::of(config).folder()).and_then(|path| Manifest::load(&path));
    let record = record.unwrap_or_default();
    let granted = access.look(config, &catalog, &record)?;
    let (mut planned, pictures) = Planned::new(config, &access, &granted, &mut catalog)?;
    let cache = Cache::look(State::of(config).cache());
    planned.recall(&mut catalog, &cache);
    planned.weigh(&catalog, &record, &cache);
    let composed = planned.compose(config, &catalog, &theme, pictures)?;
    let warnings = catalog.warnings.iter().chain(theme.warnings()).chain(&composed.warnings).cloned().collect();
    look(Whole {
        config,
        access: &access,
        catalog: &catalog,
        plan: &planned.plan,
        pictures: &planned.pictures,
        downloads: &planned.downloads,
        theme: &theme,
        composer: &composed.composer,
        files: &composed.files,
        warnings,
    })
}
