import { toast } from "../kit/index.ts";
import { t } from "../i18n/index.ts";

/** Into the clipboard; where the browser does not let us, the text is shown, marked, to be copied by hand. */
export async function copyText(text: string, done: string): Promise<void> {
    try {
        await navigator.clipboard.writeText(text);
        toast(done);
    } catch {
        prompt(t("common.copy"), text);
    }
}
