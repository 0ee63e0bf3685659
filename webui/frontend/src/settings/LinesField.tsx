// Several short values, one a line: addresses, names, servers.
import { Textarea } from "@mantine/core";
import { useState } from "react";

interface Props {
  label: string;
  hint: string;
  values: string[];
  change: (values: string[]) => void;
}

export function LinesField({ label, hint, values, change }: Props) {
  // The text as typed: a line that is begun must not vanish.
  const [text, setText] = useState(values.join("\n"));
  const take = (typed: string) => {
    setText(typed);
    change(typed.split(/[\n,;]/).map((one) => one.trim()).filter(Boolean));
  };
  return (
    <Textarea
      size="sm"
      autosize
      minRows={2}
      label={label}
      description={hint}
      value={text}
      autoCapitalize="none"
      spellCheck={false}
      onChange={(event) => take(event.currentTarget.value)}
    />
  );
}
