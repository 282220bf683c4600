//! Other programs, which are started here alone.

use std::ffi::OsStr;
use std::process::Command;

/// The variables that hold secrets of a site, or name a file with some.
pub const SECRET_VARIABLES: [&str; 6] = [
    "SAFELIGHT_SECRET",
    "SAFELIGHT_SECRET_FILE",
    "SAFELIGHT_SECRET_PREVIOUS",
    "SAFELIGHT_PASSWORDS",
    "SAFELIGHT_PASSWORDS_FILE",
    "SAFELIGHT_PASSWORD",
];

/// A command of another program. It has no use for the secrets in the environment, nor has what it may start.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for variable in SECRET_VARIABLES {
        command.env_remove(variable);
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_gets_no_secret() {
        let command = command("program");
        let removed: Vec<&OsStr> =
            command.get_envs().filter(|(_, value)| value.is_none()).map(|(name, _)| name).collect();
        assert!(SECRET_VARIABLES.iter().all(|name| removed.contains(&OsStr::new(name))), "{removed:?}");
    }
}
