import type { Way } from "@libconf/client";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { copyText } from "../app/copy.ts";
import { roomLink } from "../app/route.ts";
import { t, type Key } from "../i18n/index.ts";
import { Button, TextField } from "../kit/index.ts";
import { act } from "./act.ts";
import { useCall } from "./model.ts";
import { factsOf, reportOf, wayWords, type Fact } from "./report.ts";

const waysMs = 2000;

/** The link, the title, and why the connection is as it is. */
export function InfoPanel() {
    const call = useCall();
    const link = roomLink(call.room);
    return (
        <div class="panel-body">
            <section>
                <h3>{t("call.link")}</h3>
                <p class="link-text">{link}</p>
                <Button
                    icon="copy"
                    label={t("common.copy-link")}
                    onClick={() => void copyText(link, t("common.link-copied"))}
                />
            </section>
            {call.client.may.value.moderate && <TitleField />}
            <ConnectionSection />
        </div>
    );
}

function TitleField() {
    const { client } = useCall();
    const text = useSignal(client.room.value?.title ?? "");
    return (
        <section>
            <form
                class="row end"
                onSubmit={(event) => {
                    event.preventDefault();
                    if (text.value.trim() !== "") act(client.setTitle(text.value.trim()));
                }}
            >
                <TextField
                    label={t("call.title")}
                    value={text.value}
                    maxLength={128}
                    onInput={(value) => (text.value = value)}
                />
                <Button submit label={t("call.save")} onClick={() => undefined} />
            </form>
        </section>
    );
}

function ConnectionSection() {
    const { client } = useCall();
    const { state, reason } = client.media.quality.value;
    const { path } = client.media.transports.value;
    const ways = useSignal<readonly Way[]>([]);
    // What was tried is of interest where it went wrong.
    const asks = state === "lost" || (path !== null && path !== "udp");
    useEffect(() => {
        if (!asks) return;
        const ask = (): void => void client.media.ways().then((found) => (ways.value = found));
        ask();
        const timer = setInterval(ask, waysMs);
        return () => {
            clearInterval(timer);
            ways.value = [];
        };
    }, [asks]);
    return (
        <section>
            <h3>{t("call.connection")}</h3>
            <p>
                <b>{t(`call.quality-${state}` as Key)}</b>
                {reason !== null && ` ${t(`call.reason-${reason}` as Key)}`}
            </p>
            {path !== null && path !== "udp" && <p>{t(`call.slow-${path}`)}</p>}
            <Facts of={factsOf(client)} />
            {ways.value.length > 0 && (
                <>
                    <h4>{t("call.ways")}</h4>
                    <Facts of={ways.value.map(wayWords)} />
                </>
            )}
            <div class="row wrap">
                <Button
                    label={t("call.copy-report")}
                    icon="copy"
                    onClick={() =>
                        void reportOf(client).then((report) => copyText(report, t("common.copied")))
                    }
                />
                <Button label={t("call.reset-media")} onClick={() => act(client.media.reset())} />
            </div>
        </section>
    );
}

function Facts({ of }: { readonly of: readonly Fact[] }) {
    return (
        <dl class="facts">
            {of.map(({ name, value }) => (
                <div key={name}>
                    <dt>{name}</dt>
                    <dd>{value}</dd>
                </div>
            ))}
        </dl>
    );
}
