//! `BROWSER`, else the desktop's `xdg-open`.

use std::process::Command;

/// The commands that may open an address, the first choice first; none where no browser can show
/// itself.
pub(super) fn commands(url: &str) -> Vec<Command> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    lines(
        url,
        variable("BROWSER").as_deref(),
        ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|it| variable(it).is_some()),
    )
    .into_iter()
    .filter_map(|line| {
        let (program, arguments) = line.split_first()?;
        let mut command = Command::new(program);
        command.args(arguments);
        Some(command)
    })
    .collect()
}

/// `BROWSER` has commands with colons between them; `%s` stands for the address, which else comes
/// last.
fn lines(url: &str, browser: Option<&str>, has_display: bool) -> Vec<Vec<String>> {
    let chosen = browser.into_iter().flat_map(|commands| commands.split(':')).filter_map(|command| {
        let mut line: Vec<String> = command.split_whitespace().map(|word| word.replace("%s", url)).collect();
        if !command.contains("%s") && !line.is_empty() {
            line.push(url.to_owned());
        }
        (!line.is_empty()).then_some(line)
    });
    let desktop = has_display.then(|| vec!["xdg-open".to_owned(), url.to_owned()]);
    chosen.chain(desktop).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chosen_browser_comes_before_the_desktop_s() {
        let url = "https://id.example/?a=b";
        let expected = [vec!["xdg-open", url]];
        assert_eq!(lines(url, None, true), expected);
        assert!(lines(url, None, false).is_empty() && lines(url, Some(" : "), false).is_empty());
        let expected = [vec!["w3m", "-o", url], vec!["open", "--url=https://id.example/?a=b"]];
        assert_eq!(lines(url, Some("w3m -o:open --url=%s"), false), expected);
    }
}
