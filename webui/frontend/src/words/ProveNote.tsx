// What can cost money wants the asker's own password once more; then it goes on by itself.
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Problem } from "../api/client";
import { prove } from "../api/me";
import { useAction } from "../api/useAnswer";
import { ProblemNote } from "./ProblemNote";
import { useWords } from "./WordsProvider";

export function ProveNote({ problem, again }: { problem: Problem | null; again: () => Promise<unknown> }) {
  const { t } = useWords();
  const [password, setPassword] = useState("");
  const proving = useAction(async () => {
    await prove(password);
    setPassword("");
    await again();
  });
  if (problem?.code !== "web.password-needed") return null;
  return (
    <div className="stack">
      <TextInput
        type="password"
        label={t("prove.password")}
        autoComplete="current-password"
        autoFocus
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          void proving.run();
        }}
      />
      <ProblemNote problem={proving.problem} />
      <Button loading={proving.busy} disabled={password === ""} onClick={() => void proving.run()} style={{ justifySelf: "start" }}>
        {t("prove.go-on")}
      </Button>
    </div>
  );
}
