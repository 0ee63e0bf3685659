// The list as a table, and its recordings in one file: what is looked for now, and nothing else.
import { Button, Menu } from "@mantine/core";
import { useAction } from "../api/useAnswer";
import { Icon } from "../Icon";
import { ProblemNote } from "../words/ProblemNote";
import { useWords } from "../words/WordsProvider";
import { type CallQuery, soundsUrl, tableUrl, takeFile } from "./api";

export function TakeAway({ query, sounds }: { query: CallQuery; sounds: boolean }) {
  const { t } = useWords();
  const taking = useAction(takeFile);
  return (
    <div className="row">
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" loading={taking.busy} leftSection={<Icon name="download" size={18} />}>
            {t("calls.take")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => void taking.run(tableUrl(query))}>{t("calls.take-table")}</Menu.Item>
          {sounds && <Menu.Item onClick={() => void taking.run(soundsUrl(query))}>{t("calls.take-sounds")}</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
      <ProblemNote problem={taking.problem} />
    </div>
  );
}
