//! Files of words: messages of Fluent (`home = Start`), with values as `{ $title }` and forms chosen by a number.

use std::collections::BTreeMap;
use std::path::Path;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, Variant, VariantKey};
use fluent_syntax::parser;
use fluent_syntax::unicode::unescape_unicode_to_string;

use super::Word;
use crate::pages::position::{column_of, line_of};
use crate::{Code, Error};

/// The plural forms that any language has.
const FORMS: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

/// A message of a file.
pub(super) struct Message {
    pub name: String,
    pub line: usize,
    pub word: Word,
}

/// The messages of a file in their order. Values stand in their texts as `{title}`.
///
/// # Errors
///
/// All that is wrong in the file: what is not Fluent, and what words of an interface have no use for.
pub(super) fn read(text: &str, file: &Path) -> Result<Vec<Message>, Vec<Error>> {
    let mut errors = Vec::new();
    let (resource, wrong) = match parser::parse_runtime(text) {
        Ok(resource) => (resource, Vec::new()),
        Err((resource, wrong)) => (resource, wrong),
    };
    for error in wrong {
        let at = error.pos.start;
        errors.push(
            Error::new(Code::InvalidWords, format!("is not valid Fluent: {}", error.kind.to_string().to_lowercase()))
                .at_line(file, line_of(text, at), column_of(text, at))
                .hint("write `name = text`, one message on a line; its other lines are indented"),
        );
    }
    let mut messages: Vec<Message> = Vec::new();
    for entry in resource.body {
        let (name, value, has_attributes) = match entry {
            Entry::Message(message) => (message.id.name, message.value, !message.attributes.is_empty()),
            Entry::Term(term) => (term.id.name, None, true),
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) | Entry::Junk { .. } => continue,
        };
        // Names are pieces of the text.
        let line = line_of(text, name.as_ptr() as usize - text.as_ptr() as usize);
        let mut wrong = |message: String| errors.push(Error::new(Code::InvalidWords, message).at_line(file, line, 1));
        if has_attributes {
            wrong(format!("`{name}` has an attribute or is a term, which the theme does not use"));
            continue;
        }
        match value.as_ref().map(word_of) {
            Some(Ok(_)) if messages.iter().any(|other| other.name == name) => {
                wrong(format!("`{name}` is in this file twice"));
            }
            Some(Ok(word)) => messages.push(Message { name: name.to_owned(), line, word }),
            Some(Err(what)) => wrong(format!("`{name}` {what}")),
            None => wrong(format!("`{name}` has no text")),
        }
    }
    if errors.is_empty() { Ok(messages) } else { Err(errors) }
}

/// The text of a message or, where its number chooses, its texts by form.
fn word_of(pattern: &Pattern<&str>) -> Result<Word, String> {
    let mut forms: Option<BTreeMap<String, String>> = None;
    let mut text = String::new();
    for element in &pattern.elements {
        let variants = match element {
            PatternElement::TextElement { value } => {
                text.push_str(value);
                continue;
            }
            PatternElement::Placeable { expression: Expression::Inline(value) } => {
                text.push_str(&inline(value)?);
                continue;
            }
            PatternElement::Placeable { expression: Expression::Select { selector, variants } } => {
                match selector {
                    InlineExpression::VariableReference { id } if id.name == "count" => {}
                    _ => return Err("must choose between its forms by `$count`".to_owned()),
                }
                variants
            }
        };
        if forms.is_some() {
            return Err("chooses between forms twice; write whole sentences into the forms of one choice".to_owned());
        }
        let mut chosen = BTreeMap::new();
        for variant in variants {
            let (key, value) = form_of(variant)?;
            // A form takes with it what stands before the choice; what comes after it is added below.
            let value = format!("{text}{value}");
            if variant.default && key != "other" {
                chosen.entry("other".to_owned()).or_insert_with(|| value.clone());
            }
            chosen.insert(key, value);
        }
        forms = Some(chosen);
        text.clear();
    }
    Ok(match forms {
        None => Word::Text(text),
        Some(mut forms) => {
            forms.values_mut().for_each(|form| form.push_str(&text));
            Word::Counted(forms)
        }
    })
}

fn form_of(variant: &Variant<&str>) -> Result<(String, String), String> {
    let key = match &variant.key {
        VariantKey::Identifier { name } if FORMS.contains(name) => (*name).to_owned(),
        VariantKey::Identifier { name } => {
            return Err(format!("has a form `{name}`; forms are `{}`, or numbers", FORMS.join("`, `")));
        }
        VariantKey::NumberLiteral { value } => match value.parse::<u64>() {
            Ok(number) => number.to_string(),
            Err(_) => return Err(format!("has a form `{value}`, which is no whole number")),
        },
    };
    match word_of(&variant.value)? {
        Word::Text(text) => Ok((key, text)),
        Word::Counted(_) => Err("chooses between forms inside a form".to_owned()),
    }
}

fn inline(value: &InlineExpression<&str>) -> Result<String, String> {
    match value {
        InlineExpression::StringLiteral { value } => Ok(unescape_unicode_to_string(value).into_owned()),
        InlineExpression::NumberLiteral { value } => Ok((*value).to_owned()),
        // Places in texts have names of these letters alone.
        InlineExpression::VariableReference { id } => match id.name.chars().all(|c| c.is_ascii_lowercase() || c == '_')
        {
            true => Ok(format!("{{{}}}", id.name)),
            false => Err(format!("has no value `${}`; names of values are lower case", id.name)),
        },
        InlineExpression::Placeable { expression } => match expression.as_ref() {
            Expression::Inline(value) => inline(value),
            Expression::Select { .. } => Err("chooses between forms inside braces".to_owned()),
        },
        InlineExpression::FunctionReference { id, .. } => {
            Err(format!("uses the function `{}`; numbers and days are written in the language's way already", id.name))
        }
        InlineExpression::MessageReference { id, .. } => {
            Err(format!("refers to the word `{}`; write its text, or `{{ ${} }}` for a value", id.name, id.name))
        }
        InlineExpression::TermReference { id, .. } => Err(format!("refers to the term `-{}`; write its text", id.name)),
    }
}
