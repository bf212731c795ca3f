import { t, type Key } from "../i18n/index.ts";
import { Dialog } from "../kit/index.ts";
import { listedKeys, toolKeys } from "./keys.ts";
import { tools, useBoard } from "./model.ts";

/** The keys of the board, which work while it has the focus. */
export function KeysDialog() {
    const model = useBoard();
    return (
        <Dialog
            open={model.isHelpOpen.value}
            title={t("board.keys")}
            onClose={() => (model.isHelpOpen.value = false)}
        >
            <div class="stack">
                <p>{t("board.keys-text")}</p>
                <table class="keys">
                    <tbody>
                        {tools.map((tool) => (
                            <tr key={tool}>
                                <th scope="row">{t(`board.tool-${tool}`)}</th>
                                <td>{toolKeys[tool].toUpperCase()}</td>
                            </tr>
                        ))}
                        {listedKeys.map(([keys, action]) => (
                            <tr key={action}>
                                <th scope="row">{t(`board.key-${action}` as Key)}</th>
                                <td>{keys}</td>
                            </tr>
                        ))}
                    </tbody>
                </table>
            </div>
        </Dialog>
    );
}
