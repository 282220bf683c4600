//! Whole behaviours, most of them through the real program as its users run it. One binary: one link, and all tests at once.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod access;
mod audit;
mod commands;
mod edge;
mod links;
mod online;
mod publish;
mod render;
mod site;
mod support;
