# Debian packages, and how to install those that are missing. Sourced by apps/run and tests/run.
# shellcheck shell=bash disable=SC2034  # the lists are used by who sources this

# What building the library and the programs takes.
packages_build=(
    build-essential       # compiler and linker
    ccache                # makes the second build quick
    cmake                 # build description
    libasio-dev           # sockets and timers
    libcli11-dev          # command lines of the programs
    libfmt-dev            # formatting
    libmd4c-dev           # Markdown into pads
    libspdlog-dev         # log of the programs
    libsqlite3-dev        # what rooms keep
    libsrtp2-dev          # SRTP of what is received, SRTCP
    libssl-dev            # TLS, HMAC, hashes
    libtomlplusplus-dev   # configuration files
    libwslay-dev          # frames of WebSockets
    ninja-build           # runs the build
    node-llhttp           # HTTP parser, as C source
    nodejs                # brings the Node.js that builds the pages
    nlohmann-json3-dev    # JSON
    npm                   # packages of the pages
    pkg-config            # finds libraries without a CMake file
)

# Encrypts media faster than OpenSSL does; there is none for other processors.
if [ "$(dpkg --print-architecture 2>/dev/null)" = amd64 ]; then
    packages_build+=(libipsec-mb-dev)
fi

# What documents are converted with, each in a sandbox. LibreOffice is not among them: it takes 430 MB, and without it
# PDF, pictures and text work. For files of office programs: libreoffice-impress-nogui libreoffice-writer-nogui
# libreoffice-calc-nogui.
packages_documents=(
    bubblewrap            # the sandbox
    fonts-dejavu-core     # faces for what brings none
    librsvg2-bin          # pictures, drawings and text to PDF
    poppler-utils         # pages of PDF
    qpdf                  # annotations over the pages of a PDF
    webp-pixbuf-loader    # WebP for librsvg
)

# What every compiled test takes besides.
packages_tests=(
    catch2                # unit tests
    libnice-dev           # STUN and ICE of somebody else, to check ours against
    libopus-dev           # sound of our own participant
    libvpx-dev            # its pictures
)

# Sanitizers and fuzzing: g++ needs four times as long for the same.
packages_clang=(
    clang-19              # second compiler
    libclang-rt-19-dev    # its sanitizers and libFuzzer
    lld-19                # links what they make in a fifth of the time
)

# The other implementations that interop talks to.
packages_interop=(
    ca-certificates       # the browser insists on a store
    chromium              # WebRTC in a browser
    chromium-driver       # drives it
    coturn                # turnutils_uclient and turnserver
    iproute2              # network namespaces
    nodejs                # stock clients of Yjs
    npm                   # their packages
    openssl               # certificates for the tests
    python3               # scripts
    python3-websockets    # a WebSocket client of somebody else
)

# The table of WebRTC stacks takes a gigabyte of packages and minutes, so only the long run has it.
packages_interop_deep=(
    firefox-esr
    gir1.2-gst-plugins-bad-1.0        # webrtcbin's types
    gir1.2-gst-plugins-base-1.0       # SDP's
    golang-github-pion-webrtc.v3-dev  # WebRTC in Go
    golang-go
    gstreamer1.0-nice                 # webrtcbin: its ICE
    gstreamer1.0-plugins-bad          # itself, its DTLS and SRTP
    gstreamer1.0-plugins-base         # Opus
    gstreamer1.0-plugins-good         # VP8, RTP
    nodejs
    npm                               # werift, node-datachannel, @roamhq/wrtc; what drives the browsers
    python3-aiortc                    # WebRTC in Python
    python3-gi                        # GStreamer in Python
)

packages_e2e=(
    chromium
    chromium-headless-shell  # the same without windows
    firefox-esr
    iproute2              # a network of its own
    nodejs
    npm                   # playwright-core and puppeteer-core, which drive the browsers
)

packages_bench=(
    coturn                # what our TURN server is measured against
    python3               # tables
)

packages_bench_deep=(
    janus                 # what our SFU is measured against
)

# The Python package and what tries it.
packages_python=(
    pybind11-dev          # classes of C++ in Python
    python3               # scripts
    python3-dev           # Python's headers
    python3-websockets    # a client for the tests
)

packages_consume=(
    binutils              # nm, readelf
    pkg-config            # one of the ways to find us
)

packages_tidy=(
    clang-format-19       # layout of the code
    git                   # which files are ours
    python3               # the checks
    shellcheck            # scripts
)

# Static analysis takes minutes, so only the long run has it.
packages_tidy_deep=(
    clang-tidy-19
)

# packages_missing NAME...: prints those that are neither installed nor provided by what is (a nodejs from elsewhere
# brings npm with it, and refuses Debian's), each once.
packages_missing() {
    local installed provided name
    installed=" $(dpkg-query -W -f='${db:Status-Status}=${Package} ' "$@" 2>/dev/null || true) "
    provided=" $(dpkg-query -W -f='${Provides}, ' 2>/dev/null | tr ',\n' '  ') "
    for name in $(printf '%s\n' "$@" | sort -u); do
        [[ $installed == *" installed=$name "* || $provided == *" $name "* ]] || printf '%s\n' "$name"
    done
}

# packages_install NAME...: installs what is missing; does nothing, quickly, when nothing is.
packages_install() {
    if ! command -v dpkg-query >/dev/null; then
        say "packages: this is not Debian, so what is missing has to be installed by hand: $*"
        return 0
    fi
    local missing
    mapfile -t missing < <(packages_missing "$@")
    [ ${#missing[@]} -gt 0 ] || return 0

    local as_root=()
    if [ "$(id -u)" != 0 ]; then
        if ! command -v sudo >/dev/null; then
            say "packages: missing, and neither root nor sudo to install them. As root:"
            say "    apt-get install --no-install-recommends ${missing[*]}"
            return 1
        fi
        as_root=(sudo)
    fi

    # coturn's package would start a server; nothing here wants one.
    local policy=/usr/sbin/policy-rc.d own_policy=no status=0
    if [ ! -e $policy ]; then
        printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee $policy >/dev/null
        "${as_root[@]}" chmod 755 $policy
        own_policy=yes
    fi
    local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o Dpkg::Use-Pty=0)
    step "reading the package lists" apt-update "${apt[@]}" update || status=1
    if [ $status = 0 ]; then
        step "installing ${missing[*]}" apt-install \
            "${apt[@]}" install -y --no-install-recommends "${missing[@]}" || status=1
    fi
    [ $own_policy = no ] || "${as_root[@]}" rm -f $policy
    return $status
}
