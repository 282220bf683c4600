//! Hosts that are published to through their own tools: Netlify and Cloudflare Pages. Both switch to a new deployment as a whole.
//! What they keep are former deployments, each with a copy of every link; those are deleted afterwards.

use std::process::{ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use safelight::config::{Config, PublishTarget, TargetAddress};
use safelight::lock::Lock;
use safelight::{Code, Error, processes};
use serde_json::Value;

use super::super::build::{Progress, counted};
use super::super::hosts::Host;
use super::super::{Context, Outcome, check, link_session};
use super::{Arguments, memory};

/// States of deployments that nobody can fetch anything from: Netlify's, then those of Cloudflare Pages.
const NEVER_ONLINE: &str = "new pending_review rejected enqueued building uploading uploaded preparing prepared processing \
                            retrying error idle active failure canceled skipped";

/// A host with a tool of its own.
pub(super) enum Tool {
    Netlify { site: Option<String> },
    Pages { project: String },
}

impl Tool {
    /// The tool of an address, where it needs one.
    pub(super) fn of(address: &TargetAddress) -> Option<Self> {
        match address {
            TargetAddress::Netlify { site } => Some(Self::Netlify { site: site.clone() }),
            TargetAddress::CloudflarePages { project } => Some(Self::Pages { project: project.clone() }),
            _ => None,
        }
    }

    fn host(&self) -> Host {
        match self {
            Self::Netlify { .. } => Host::Netlify,
            Self::Pages { .. } => Host::CloudflarePages,
        }
    }

    /// Checks the host's limits, builds, audits, deploys, and deletes former deployments.
    pub(super) fn publish(
        &self,
        context: &Context,
        config: &Config,
        target: &PublishTarget,
        arguments: &Arguments,
        turn: Option<Arc<Lock>>,
        cancel: &Arc<AtomicBool>,
    ) -> Outcome {
        let voice = &context.voice;
        for (given, option) in [
            (arguments.withdraw, "--withdraw"),
            (arguments.status, "--status"),
            (arguments.plan.is_some(), "--plan"),
            (arguments.rebuild_state, "--rebuild-state"),
            (arguments.allow_removals.is_some(), "--allow-removals"),
            (arguments.no_build, "--no-build"),
        ] {
            if given {
                let message = format!("`{option}` cannot be used with this host, which takes a site only as a whole");
                return Err(vec![Error::new(Code::InvalidArgument, message).hint("publish without it")]);
            }
        }
        check::limits(context, config, self.host())?;
        if arguments.dry_run {
            voice.note("the site would be deployed as a whole by the host's own tool, and former deployments deleted");
            return Ok(ExitCode::SUCCESS);
        }
        let access = link_session::access(context, config, link_session::Day::default(), false)?;
        // The tool uploads the folder as it is.
        super::build_and_audit(context, config, &access, (arguments, turn, cancel), &Progress::new(*voice))?;
        let former = self.deployments()?;
        let printed = self.deploy(config, &former)?;
        let (deleted, errors) = self.delete_former(&printed)?;
        if !errors.is_empty() {
            return Err(errors);
        }
        let deleted_text = counted(deleted, "former deployment", "former deployments");
        voice.note(&format!("online; {deleted_text} deleted"));
        voice.note(match self {
            Self::Netlify { .. } => "Netlify may still serve deploys of branches and pull requests at addresses of their own",
            Self::Pages { .. } => {
                "Cloudflare may serve removed files from its cache for about a week, and a deleted deployment with Functions \
                 for a while"
            }
        });
        memory::remind(voice, config, &access, target, true);
        voice.json(&serde_json::json!({ "event": "summary", "command": "publish", "deployments_deleted": deleted }));
        Ok(ExitCode::SUCCESS)
    }

    /// Deploys the output, and gives what the tool prints of it. `former` are the deployments before it.
    fn deploy(&self, config: &Config, former: &[Deployment]) -> Result<String, Error> {
        let output = config.output.to_string_lossy().into_owned();
        match self {
            Self::Netlify { .. } => {
                let mut arguments = vec!["deploy", "--prod", "--no-build", "--json", "--dir", &output];
                arguments.extend(self.site_option());
                run("netlify", &arguments)
            }
            Self::Pages { project } => {
                // From another branch than the one for production, the tool would make a preview.
                let branch = former.iter().find_map(|one| one.branch.as_deref()).unwrap_or("main");
                let arguments = ["pages", "deploy", &output, "--project-name", project, "--branch", branch];
                run("wrangler", &[&arguments[..], &["--commit-dirty=true"]].concat())
            }
        }
    }

    fn site_option(&self) -> Vec<&str> {
        match self {
            Self::Netlify { site: Some(site) } => vec!["--site", site],
            _ => Vec::new(),
        }
    }

    /// Which deployment is ours, by what the tool printed when it made it.
    fn ours(&self, printed: &str, deployments: &[Deployment]) -> Result<usize, Error> {
        let (at, program) = match self {
            Self::Netlify { .. } => {
                let json = printed.find('{').zip(printed.rfind('}')).and_then(|(from, to)| printed.get(from..=to));
                let said: Value = json.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
                let id = said["deploy_id"].as_str();
                (deployments.iter().position(|one| Some(one.id.as_str()) == id), "netlify")
            }
            // It prints the address that only this deployment has.
            Self::Pages { .. } => {
                let is_named = |one: &Deployment| one.url.as_ref().is_some_and(|url| printed.contains(url));
                (deployments.iter().position(is_named), "wrangler")
            }
        };
        at.ok_or_else(|| {
            let why = "the deployment that it made is not among those for production, so no former one was deleted";
            failed(program, why).hint("look at the deployments on the host's website, then publish again")
        })
    }

    /// Deletes all deployments for production before ours, until none is left: tools list them in pages. Gives how many, and
    /// what could not be deleted.
    fn delete_former(&self, printed: &str) -> Result<(usize, Vec<Error>), Error> {
        let (mut deleted, mut before) = (0, Vec::new());
        loop {
            let mut newer = self.deployments()?;
            let ours_and_older = newer.split_off(self.ours(printed, &newer)?);
            let former = ours_and_older.into_iter().skip(1).filter(Deployment::was_online);
            let former: Vec<String> = former.map(|one| one.id).collect();
            // A list that lags behind names those that are deleted already.
            if former.is_empty() || former == before {
                let errors = if newer.iter().any(Deployment::was_online) { vec![overtaken()] } else { Vec::new() };
                return Ok((deleted, errors));
            }
            let mut errors = Vec::new();
            for id in &former {
                let gone = match self {
                    Self::Netlify { .. } => {
                        let data = serde_json::json!({ "deploy_id": id }).to_string();
                        run("netlify", &["api", "deleteDeploy", "--data", &data])
                    }
                    Self::Pages { project } => {
                        run("wrangler", &["pages", "deployment", "delete", id, "--project-name", project, "--force"])
                    }
                };
                match gone {
                    Ok(_) => deleted += 1,
                    Err(error) => errors.push(error),
                }
            }
            if !errors.is_empty() {
                return Ok((deleted, errors));
            }
            before = former;
        }
    }

    /// The deployments for production, the newest first.
    fn deployments(&self) -> Result<Vec<Deployment>, Error> {
        let (program, answer) = match self {
            Self::Netlify { site } => {
                let site = match site {
                    Some(site) => site.clone(),
                    None => {
                        let status = run("netlify", &["status", "--json"])?;
                        let status: Value = serde_json::from_str(&status).unwrap_or_default();
                        let id = status["siteData"]["site-id"].as_str().or(status["siteData"]["id"].as_str());
                        id.ok_or_else(|| failed("netlify", "this folder is not linked to a project"))?.to_owned()
                    }
                };
                let data = serde_json::json!({ "site_id": site, "production": true, "per_page": 100 }).to_string();
                ("netlify", run("netlify", &["api", "listSiteDeploys", "--data", &data])?)
            }
            Self::Pages { project } => {
                let list = ["pages", "deployment", "list", "--project-name", project, "--environment", "production"];
                ("wrangler", run("wrangler", &[&list[..], &["--json"]].concat())?)
            }
        };
        let Ok(Value::Array(list)) = serde_json::from_str(&answer) else {
            return Err(failed(program, "its list of deployments cannot be read"));
        };
        let text = |one: &Value, names: &[&str]| names.iter().find_map(|name| one[*name].as_str()).map(str::to_owned);
        let one = |one: &Value| {
            Some(Deployment {
                id: text(one, &["id", "Id"])?,
                branch: text(one, &["branch", "Branch"]),
                url: text(one, &["deployment", "Deployment"]),
                state: text(one, &["state", "status", "Status"]).unwrap_or_default(),
            })
        };
        Ok(list.iter().filter_map(one).collect())
    }
}

/// A deployment for production.
struct Deployment {
    id: String,
    branch: Option<String>,
    /// Its own address, as Cloudflare gives it.
    url: Option<String>,
    /// Netlify's word for its state; Cloudflare's, or how long ago it succeeded.
    state: String,
}

impl Deployment {
    fn was_online(&self) -> bool {
        !NEVER_ONLINE.split(' ').any(|state| state.eq_ignore_ascii_case(&self.state))
    }
}

/// Runs a tool and gives what it prints. Its own messages go to the terminal.
fn run(program: &str, arguments: &[&str]) -> Result<String, Error> {
    let output = processes::command(program).args(arguments).stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => failed(program, "it is not installed").hint(match program {
            "netlify" => "install it with `npm install -g netlify-cli`, then `netlify login`",
            _ => "install it with `npm install -g wrangler`, then `wrangler login`",
        }),
        _ => failed(program, &error.to_string()),
    })?;
    if !output.status.success() {
        return Err(failed(program, "its messages are above"));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Somebody else deployed after us.
fn overtaken() -> Error {
    let message = "somebody else deployed to production meanwhile, so what is online may not be this site";
    Error::new(Code::TargetBusy, message).hint("publish again, and let only one job publish at a time")
}

fn failed(program: &str, why: &str) -> Error {
    Error::new(Code::ToolFailed, format!("`{program}` failed: {why}"))
}
