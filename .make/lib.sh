# Shared by the scripts beside it: words, versions, packages, steps.
# shellcheck shell=bash disable=SC2034 # who sources this uses the lists
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Where Go's own installer puts it, and where Debian keeps daemons: neither is
# on the PATH of every shell.
export PATH="$PATH:/usr/local/go/bin:/usr/sbin:/sbin"

bold='' plain=''
[ ! -t 1 ] || bold=$'\033[1m' plain=$'\033[0m'
say() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }

# die SENTENCE: what is wrong and what to do about it.
die() {
	printf '\nmake: %s\n' "$*" >&2
	exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# at_least HAVE WANT compares version numbers.
at_least() { [ "$(printf '%s\n' "$2" "$1" | sort -V | head -1)" = "$2" ]; }

need_go() {
	local want got
	want=$(sed -n 's/^go //p' go.mod)
	have go || die "Go is not installed: install Go ${want%.0} or newer from https://go.dev/dl/."
	got=$(go env GOVERSION 2>/dev/null | sed 's/^go//; s/[ -].*//') || true
	[ -n "$got" ] || got=$(cd / && go env GOVERSION | sed 's/^go//')
	at_least "$got" "${want%.0}" || die "Go $got is too old: install Go ${want%.0} or newer from https://go.dev/dl/."
}

need_node() {
	local want got
	want=$(sed -n 's/.*"node": ">=\(.*\)".*/\1/p' frontend/package.json)
	{ have node && have npm; } || die "Node.js is not installed: install Node $want or newer, with npm, from https://nodejs.org/."
	got=$(node --version)
	at_least "${got#v}" "$want" || die "Node ${got#v} is too old: install Node $want or newer from https://nodejs.org/."
}

# What is looked for, and the Debian package that brings it: a program, a
# /file, a @pkg-config module, or a %module of Debian's Python. Looking for the thing itself, not for the
# package, also works where it was installed in another way.
base_needs=(/etc/ssl/certs/ca-certificates.crt=ca-certificates) # to download anything
build_needs=(
	"${base_needs[@]}"
	cc=gcc /usr/include/stdio.h=libc6-dev pkg-config=pkg-config
	@gtk+-3.0=libgtk-3-dev @webkit2gtk-4.1=libwebkit2gtk-4.1-dev
)
package_needs=("${base_needs[@]}" git=git help2man=help2man dpkg-deb=dpkg)
repo_needs=(apt-ftparchive=apt-utils gpg=gpg gpg-agent=gpg-agent gpgconf=gpgconf)
app_package_needs=(rsvg-convert=librsvg2-bin)
windows_needs=(makensis=nsis zip=zip)
boot_needs=(debootstrap=debootstrap systemd-nspawn=systemd-container lintian=lintian desktop-file-validate=desktop-file-utils appstreamcli=appstream)
desk_needs=(avahi-daemon=avahi-daemon avahi-browse=avahi-utils dbus-daemon=dbus curl=curl)
emulation_needs=(qemu-aarch64-static=qemu-user-static qemu-arm-static=qemu-user-static)
check_needs=("${base_needs[@]}" git=git shellcheck=shellcheck djpeg=libjpeg-turbo-progs rsvg-convert=librsvg2-bin)
test_needs=(
	chromium=chromium chromedriver=chromium-driver firefox-esr=firefox-esr Xvfb=xvfb ffmpeg=ffmpeg curl=curl nginx=nginx caddy=caddy prometheus=prometheus promtool=prometheus
	vlc=vlc-bin /usr/share/doc/vlc-plugin-base/copyright=vlc-plugin-base %cv2=python3-opencv
	djpeg=libjpeg-turbo-progs systemd-analyze=systemd WebKitWebDriver=webkit2gtk-driver openbox=openbox xdotool=xdotool xprop=x11-utils
	ip=iproute2 avahi-daemon=avahi-daemon avahi-browse=avahi-utils dbus-daemon=dbus caddy=caddy promtool=prometheus
)

present() {
	case $1 in
	/etc/ssl/certs/*) [ -e "$1" ] || ! have apt-get ;; # other systems keep them in other places
	/*) [ -e "$1" ] ;;
	@*) have pkg-config && pkg-config --exists "${1#@}" ;;
	%*) /usr/bin/python3 -c "import ${1#%}" 2>/dev/null ;;
	*) have "$1" ;;
	esac
}

# need_packages PROBE=PACKAGE... installs by apt what is missing, only that.
need_packages() {
	local missing=() pair
	for pair in "$@"; do
		present "${pair%%=*}" || missing+=("${pair#*=}")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	have apt-get || die "Some packages are missing and there is no apt here to install them: install what Debian calls ${missing[*]}, then try again."
	local root=()
	if [ "$(id -u)" != 0 ]; then
		have sudo || die "Some packages are missing: as root, run apt-get install ${missing[*]}, then try again."
		root=(sudo)
	fi
	say "Installing ${missing[*]}"
	{ "${root[@]}" apt-get update -q && "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
		apt-get install -qy --no-install-recommends -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "${missing[@]}"; } ||
		die "apt could not install everything: run sudo apt-get install ${missing[*]} to see why, then try again."
}

# npm_packages installs what package-lock.json names, unless that is there.
npm_packages() {
	local stamp=frontend/node_modules/.pigrid-lock
	if ! cmp -s frontend/package-lock.json "$stamp"; then
		say "Installing npm packages"
		(cd frontend && npm ci --no-fund --no-audit)
		cp frontend/package-lock.json "$stamp"
	fi
}

# tool NAME MODFILE PACKAGE builds one of the tools that .ci pins into
# .cache/bin and prints its path. The name carries what it was made of:
# golangci-lint takes minutes to compile, and refuses to check newer Go than it
# was built by.
tool() {
	local key file
	key=$( (cat "$2" && go env GOVERSION) | sha256sum | cut -c1-12)
	file=$PWD/.cache/bin/$1-$key
	if [ ! -x "$file" ]; then
		echo "Building $1 (once; can take minutes)" >&2
		mkdir -p .cache/bin
		# To a name of its own first: an interrupted build leaves nothing half.
		CGO_ENABLED=0 go build -modfile="$2" -trimpath -ldflags='-s -w' -o "$file.new" "$3" || die "$1 could not be built, see above."
		rm -f ".cache/bin/$1"-????????????
		mv "$file.new" "$file"
	fi
	echo "$file"
}

golangci_lint() { tool golangci-lint .ci/lint.mod github.com/golangci/golangci-lint/v2/cmd/golangci-lint; }
gotestsum() { tool gotestsum .ci/tools.mod gotest.tools/gotestsum; }
nfpm() { tool nfpm .ci/nfpm.mod github.com/goreleaser/nfpm/v2/cmd/nfpm; }
actionlint() { tool actionlint .ci/release.mod github.com/rhysd/actionlint/cmd/actionlint; }
go_winres() { tool go-winres .ci/release.mod github.com/tc-hib/go-winres; }
wails() { tool wails .ci/tools.mod github.com/wailsapp/wails/v2/cmd/wails; }

# step NAME COMMAND... runs one part, shows what it prints, and goes on after a
# failure: one run tells everything that is wrong. finish sums up. While at_once is
# more than 1, up to so many parts run at the same time, and each shows what it
# has printed when it has ended; finish, or together, waits for the last.
logs=$(mktemp -d)
declare -A running=() began=() awaited=() # by process: name, second, runs_later
trap 'end_running; rm -rf "$logs"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
at_once=1 runs_later='' steps=() failed=() passed_n=0 failed_n=0 skipped_n=0

step() {
	local name=$1 rc=0 start
	shift
	start=$SECONDS
	if [ "$at_once" = 1 ]; then
		together
		say "$name"
		"$@" 2>&1 | tee "$logs/$name" || rc=$?
		note "$name" "$rc" "$start" "$runs_later"
		return
	fi
	while [ ${#running[@]} -ge "$at_once" ]; do next_ended; done
	start=$SECONDS
	set -m # a process group for each, which can be ended as a whole
	("$@" || exit $?) </dev/null >"$logs/$name" 2>&1 &
	set +m
	running[$!]=$name began[$!]=$start awaited[$!]=$runs_later
}

# together waits for all parts that run.
together() { while [ ${#running[@]} -gt 0 ]; do next_ended; done; }

# next_ended waits for the next part to end and shows what it has printed.
next_ended() {
	local pid rc=0 name
	wait -n -p pid "${!running[@]}" || rc=$?
	name=${running[$pid]}
	say "$name"
	cat "$logs/$name"
	note "$name" "$rc" "${began[$pid]}" "${awaited[$pid]}"
	unset "running[$pid]"
}

# end_running ends what still runs when this script is ended.
end_running() {
	local pid
	for pid in "${!running[@]}"; do kill -- "-$pid" 2>/dev/null || true; done
}

# note NAME STATUS START LATER counts what a part that has ended has printed.
note() {
	local name=$1 rc=$2 start=$3 later=$4 p f s word=ok
	read -r p f s < <(tests_in "$logs/$name" "$later")
	# A part that counts no tests, or broke outside of them, is one test itself.
	[ "$rc" = 0 ] || [ "$f" -gt 0 ] || f=1
	[ $((p + f + s)) -gt 0 ] || p=1
	passed_n=$((passed_n + p)) failed_n=$((failed_n + f)) skipped_n=$((skipped_n + s))
	[ "$rc" = 0 ] || { word=FAILED && failed+=("$name"); }
	steps+=("$(printf '%-7s %4ds  %-34s %5d passed %3d failed %3d skipped' "$word" $((SECONDS - start)) "$name" "$p" "$f" "$s")")
}

# tests_in LOG LATER prints passed, failed and skipped from the closing lines of
# gotestsum (DONE 9 tests, 1 skipped, 2 failures in 1s) and vitest
# (Tests  2 failed | 6 passed | 1 skipped (9)), and from lines of ours
# (SKIPPED: why). Tests that a later part runs are not skipped: LATER, the runs_later
# of the part's time, is a pattern of what they say.
tests_in() {
	sed 's/\x1b\[[0-9;]*m//g' "$1" | awk -v later="$2" '
		function n(word,  part) { return match($0, "[0-9]+ " word) ? substr($0, RSTART, RLENGTH) + 0 : 0 }
		/^DONE [0-9]+ test/ { k = n("skipped"); x = n("failure"); f += x; s += k; p += n("test") - x - k }
		/^ *Tests  / { p += n("passed"); f += n("failed"); s += n("skipped") }
		/^SKIPPED: / { s++ }
		later != "" && $0 ~ "^    .*_test.go:[0-9]+: .*" later { s-- }
		END { print p + 0, f + 0, s + 0 }'
}

# finish shows what failed once more, then one summary, then ends the script.
finish() {
	local name
	together
	for name in "${failed[@]}"; do
		say "Failed: $name (the end of its output)"
		tail -n 60 "$logs/$name"
	done
	say "Summary, after $((SECONDS / 60)) min $((SECONDS % 60)) s"
	printf '%s\n' "${steps[@]}"
	printf '\n%d passed, %d failed, %d skipped\n' "$passed_n" "$failed_n" "$skipped_n"
	[ ${#failed[@]} = 0 ] || exit 1
}
