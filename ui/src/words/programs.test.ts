import { expect, test } from "vitest";
import { programName } from "./programs";

test("a program is called by its file's name, else by its process", () => {
  const program = (executable: string | null, process: number | null) => ({
    executable,
    process,
    folder: null,
  });
  expect(programName(program("/usr/bin/terraform", 1))).toBe("terraform");
  expect(programName(program("C:\\Tools\\aws.exe", 1))).toBe("aws.exe");
  expect(programName(program("/", 7))).toBe("Process 7");
  expect(programName(program(null, null))).toBe("A program");
});
