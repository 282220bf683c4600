//! `safelight explain`, and `safelight audit --explain`.

use std::process::ExitCode;

use safelight::audit::Rule;
use safelight::error::{closest_match, visible};
use safelight::{Code, Error};
use serde_json::json;

use super::{Context, Outcome};

/// Arguments of `explain`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// An error, a warning or a rule of the audit [default: list them all]
    #[arg(value_name = "CODE")]
    code: Option<String>,
}

/// Something that has a name, a meaning and a remedy.
#[derive(Clone, Copy)]
enum Topic {
    Code(Code),
    Rule(Rule),
}

impl Topic {
    fn codes() -> impl Iterator<Item = Self> {
        Code::all().map(Self::Code)
    }

    fn rules() -> impl Iterator<Item = Self> {
        Rule::all().map(Self::Rule)
    }

    fn id(self) -> &'static str {
        match self {
            Self::Code(code) => code.id(),
            Self::Rule(rule) => rule.id(),
        }
    }

    fn tell(self, context: &Context, is_alone: bool) {
        let (event, kind, severity, meaning, remedy) = match self {
            Self::Code(code) => (
                json!({
                    "event": "code", "code": code, "kind": code.kind(), "severity": code.severity().to_string(),
                    "meaning": code.meaning(), "remedy": code.remedy(),
                }),
                code.kind().to_string(),
                code.severity().to_string(),
                code.meaning(),
                code.remedy(),
            ),
            Self::Rule(rule) => (
                json!({
                    "event": "rule", "rule": rule, "kind": rule.kind(), "severity": rule.severity().to_string(),
                    "why": rule.why(), "remedy": rule.remedy(),
                }),
                rule.kind().to_string(),
                rule.severity().to_string(),
                rule.why(),
                rule.remedy(),
            ),
        };
        context.voice.json(&event);
        let id = self.id();
        context.voice.answer(&match is_alone {
            true => format!("{id} ({severity}, {kind})\n\n{meaning}\n\nWhat to do: {remedy}"),
            false => format!("{id:24} {severity:7} {meaning}"),
        });
    }
}

pub(crate) fn run(context: &Context, arguments: &Arguments) -> Outcome {
    let topics: Vec<Topic> = Topic::codes().chain(Topic::rules()).collect();
    let wanted = arguments.code.as_deref();
    let told = tell(context, &topics, wanted, "no error, warning or audit rule", "safelight explain")?;
    context.voice.json(&json!({ "event": "summary", "command": "explain", "topics": told }));
    Ok(ExitCode::SUCCESS)
}

/// The same for the rules of the audit alone; an empty `id` lists them.
pub(crate) fn run_rules(context: &Context, id: &str) -> Outcome {
    let topics: Vec<Topic> = Topic::rules().collect();
    let wanted = Some(id).filter(|id| !id.is_empty());
    let told = tell(context, &topics, wanted, "no audit rule", "safelight audit --explain")?;
    context.voice.json(&json!({ "event": "summary", "command": "audit", "rules": told }));
    Ok(ExitCode::SUCCESS)
}

/// Tells of one of the topics, or lists all of them. Gives how many there were.
fn tell(
    context: &Context,
    topics: &[Topic],
    wanted: Option<&str>,
    none: &str,
    command: &str,
) -> safelight::Result<usize> {
    let Some(id) = wanted else {
        topics.iter().for_each(|topic| topic.tell(context, false));
        return Ok(topics.len());
    };
    if let Some(topic) = topics.iter().find(|topic| topic.id() == id) {
        topic.tell(context, true);
        return Ok(1);
    }
    let near = closest_match(id, topics.iter().map(|topic| topic.id()));
    let near = near.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
    let error = Error::new(Code::UnknownCode, format!("{none} is named `{}`", visible(id)));
    Err(error.hint(format!("{near}list all with `{command}`")))
}
