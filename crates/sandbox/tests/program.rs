//! The program `hatrack-sandbox`, from outside.

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::path::Path;
    use std::process::{Child, Command, Output, Stdio};

    fn program(arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hatrack-sandbox"));
        command.args(arguments);
        command
    }

    fn output(arguments: &[&str]) -> Output {
        program(arguments).output().unwrap()
    }

    /// A program that serves until the test ends.
    struct Serving(Child);

    impl Drop for Serving {
        fn drop(&mut self) {
            drop(self.0.kill());
            drop(self.0.wait());
        }
    }

    fn serving(arguments: &[&str]) -> (Serving, impl Iterator<Item = String> + use<>) {
        let mut child = program(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        (Serving(child), lines)
    }

    #[test]
    fn it_serves_and_says_where() {
        let (_serving, mut lines) = serving(&["serve"]);
        let endpoint = lines.next().unwrap();
        let address = endpoint.strip_prefix("http://").unwrap();
        assert!(address.starts_with("127.0.0.1:"), "{endpoint}");
        std::net::TcpStream::connect(address).unwrap();
    }

    #[test]
    fn a_demo_is_ready_when_its_variables_are_there() {
        let folder = tempfile::tempdir().unwrap();
        let (home, variables) = (folder.path().join("home"), folder.path().join("env"));
        let path = |path: &Path| path.to_str().unwrap().to_owned();
        let (mut serving, lines) =
            serving(&["run", "--dir", &path(&home), "--env-file", &path(&variables), "--show-codes"]);
        let printed: Vec<_> = lines.take(5).collect();
        assert!(printed[0].starts_with("unset AWS_ACCESS_KEY_ID "), "{printed:?}");
        assert_eq!(printed[1], format!("export HOME='{}'", home.display()));
        assert!(printed[3].starts_with("export AWS_ENDPOINT_URL='http://127.0.0.1:"), "{printed:?}");
        assert_eq!(std::fs::read_to_string(&variables).unwrap(), printed.join("\n") + "\n");
        assert!(home.join(".aws/credentials").is_file());
        let mut code = String::new();
        BufReader::new(serving.0.stderr.take().unwrap()).read_line(&mut code).unwrap();
        let code = code.trim().strip_prefix("MFA code ").unwrap();
        assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
    }

    #[test]
    fn it_tells_a_code_and_how_long_it_is_good() {
        let told = String::from_utf8(output(&["code"]).stdout).unwrap();
        let (code, seconds) = told.trim_end().split_once(' ').unwrap();
        assert_eq!(code.len(), 6);
        assert!((1..=30).contains(&seconds.parse().unwrap()));
    }

    #[test]
    fn what_fails_is_said_in_two_sentences() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().to_str().unwrap();
        std::fs::create_dir(folder.path().join(".aws")).unwrap();
        let world = folder.path().join("world.json");
        std::fs::write(&world, "{").unwrap();
        let missing = folder.path().join("missing.json");
        for (arguments, words) in [
            (&["home", "--dir", dir, "--port", "1"][..], "Choose an empty folder with --dir."),
            (&["code", "--device", "none"], "Name one with --device."),
            (&["serve", "--world", world.to_str().unwrap()], "Correct it, or leave --world out."),
            (&["serve", "--world", missing.to_str().unwrap()], "missing.json can't be read as a world"),
        ] {
            let output = output(arguments);
            assert_eq!(output.status.code(), Some(1), "{arguments:?}");
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(said.contains(words), "{said}");
        }
        let usage = output(&["home", "--dir", dir]);
        assert_eq!(usage.status.code(), Some(2));
    }
}
