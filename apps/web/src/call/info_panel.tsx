import { useSignal } from "@preact/signals";
import { copyText } from "../app/copy.ts";
import { roomLink } from "../app/route.ts";
import { formatNumber, t, type Key } from "../i18n/index.ts";
import { Button, TextField } from "../kit/index.ts";
import { act } from "./act.ts";
import { useCall } from "./model.ts";

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
    const { path, publish, receive } = client.media.transports.value;
    const own = client.self.value;
    const stats = own === null ? null : client.media.stats(own.id, "camera").value;
    const rows: readonly (readonly [Key, string | null])[] = [
        ["call.row-path", path === null ? null : t(`call.path-${path}` as Key)],
        ["call.row-sending", t(`call.transport-${publish}` as Key)],
        ["call.row-receiving", t(`call.transport-${receive}` as Key)],
        ["call.row-round-trip", milliseconds(stats?.roundTripMs)],
        [
            "call.row-loss",
            stats?.loss == null ? null : `${formatNumber(Math.round(stats.loss * 1000) / 10)} %`,
        ],
        [
            "call.row-rate",
            stats?.bitsPerSecond == null
                ? null
                : `${formatNumber(Math.round(stats.bitsPerSecond / 1000))} kbit/s`,
        ],
        [
            "call.row-picture",
            stats?.width == null
                ? null
                : `${stats.width} × ${stats.height}${stats.framesPerSecond == null ? "" : `, ${Math.round(stats.framesPerSecond)}/s`}`,
        ],
        ["call.row-codec", stats?.codec ?? null],
        [
            "call.row-limit",
            stats?.limitation == null || stats.limitation === "none"
                ? null
                : t(`call.limit-${stats.limitation}` as Key),
        ],
    ];
    const shown = rows.filter(([, value]) => value !== null);
    const report = (): string =>
        [
            t(`call.quality-${state}` as Key),
            ...shown.map(([key, value]) => `${t(key)}: ${value}`),
            navigator.userAgent,
        ].join("\n");
    return (
        <section>
            <h3>{t("call.connection")}</h3>
            <p>
                <b>{t(`call.quality-${state}` as Key)}</b>
                {reason !== null && ` ${t(`call.reason-${reason}` as Key)}`}
            </p>
            <dl class="facts">
                {shown.map(([key, value]) => (
                    <div key={key}>
                        <dt>{t(key)}</dt>
                        <dd>{value}</dd>
                    </div>
                ))}
            </dl>
            <div class="row wrap">
                <Button
                    label={t("call.copy-report")}
                    icon="copy"
                    onClick={() => void copyText(report(), t("common.copied"))}
                />
                <Button label={t("call.reset-media")} onClick={() => act(client.media.reset())} />
            </div>
        </section>
    );
}

function milliseconds(value: number | null | undefined): string | null {
    return value == null ? null : `${formatNumber(Math.round(value))} ms`;
}
