//! What people see: text for a terminal, HTML for a notebook. The same bytes every time.

pub(crate) mod lines;
mod page;
mod rules;
pub(crate) mod text;
mod words;

mod comparison;
mod decision;
mod summary;

use page::Page;

use crate::diagnostics::PyDiagnostic;
use crate::language::Lang;

pub(crate) use comparison::{comparison, difference, moved};
pub(crate) use decision::decision;
pub(crate) use rules::{characteristic, rulebook, section};
pub(crate) use summary::summary;

/// Diagnostics with the lines they point at.
pub(crate) fn diagnostics(list: &[PyDiagnostic]) -> String {
    let lang = Lang::current();
    let mut page = Page::new();
    if list.is_empty() {
        page.tagged("p", "", lang.pick("没有错误", "no mistakes"));
    }
    for diagnostic in list {
        page.open("div", &format!("xp-diagnostic xp-{}", diagnostic.severity));
        page.open("p", "");
        page.tagged("b", "", &format!("{} {}", diagnostic.severity, diagnostic.code));
        page.text(&format!(" {}", diagnostic.message));
        page.close("p");
        page.tagged("p", "xp-dim", &diagnostic.place());
        if diagnostic.line.is_some() {
            let (before, here, after) = diagnostic.cut();
            page.open("pre", "");
            page.text(&before);
            page.tagged("mark", "", &here);
            page.text(&after);
            page.close("pre");
        }
        if let Some(help) = &diagnostic.help {
            page.tagged("p", "", help);
        }
        page.close("div");
    }
    page.finish()
}
