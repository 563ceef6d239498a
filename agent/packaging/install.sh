#!/bin/sh
# Installs the PiGrid agent on this Raspberry Pi, or brings it up to date:
#
#   sh install.sh              add the repository, install, say how it is
#   sh install.sh --uninstall  remove all of that, settings as well
#
# It is safe to repeat. make apt-repo writes it of agent/packaging/install.sh.
set -eu

site='@SITE@'
architectures='@ARCHITECTURES@'
key=/etc/apt/keyrings/pigrid.asc
source=/etc/apt/sources.list.d/pigrid.sources

public_key() {
	cat <<'END'
@KEY@
END
}

say() { printf 'PiGrid: %s\n' "$*"; }

die() {
	printf 'PiGrid: %s\n' "$*" >&2
	exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# apt_get asks nothing, and has the time that another one needs, as at a first start.
apt_get() {
	as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -qy -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
		-o APT::Keep-Downloaded-Packages=false -o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 "$@" </dev/null
}

need_rights() {
	[ "$(id -u)" = 0 ] || have sudo || die "only root can install this, and there is no sudo here: run it as root."
}

# need_system lets nothing happen on systems that the packages are not for. dpkg
# knows the architecture; uname speaks of the kernel, which may be 64 bits wide
# where all programs have 32.
need_system() {
	{ have dpkg && have apt-get; } || die "this system has no dpkg and apt. The packages are for Raspberry Pi OS and Debian, from Bookworm (12) on, and their relatives."
	# shellcheck disable=SC1091
	release=$(. /etc/os-release 2>/dev/null && echo "${ID:-} ${VERSION_ID:-}") || release=
	case $release in
	"debian "[0-9] | "debian "1[01] | "raspbian "[0-9] | "raspbian "1[01])
		die "this is Debian ${release#* }, which is too old. PiGrid needs Raspberry Pi OS Bookworm (Debian 12) or newer."
		;;
	esac
	arch=$(dpkg --print-architecture)
	case " $architectures " in
	*" $arch "*) ;;
	*) die "there is no package for this system's architecture, $arch, only for: $architectures." ;;
	esac
}

# source_file KEYFILE prints what makes apt look at the repository, believing that
# key only, and that key nothing else.
source_file() {
	cat <<-END
		# Written by $site/install.sh, which also removes it: --uninstall
		Types: deb
		URIs: $site
		Suites: stable
		Components: main
		Architectures: $arch
		Signed-By: $1
	END
}

# ask SOURCE fetches the repository's list of packages and prints what apt says.
# Without Error-Mode apt calls it a success when nothing can be reached.
ask() {
	apt_get update -o APT::Update::Error-Mode=any -o APT::Get::List-Cleanup=false \
		-o Dir::Etc::sourcelist="$1" -o Dir::Etc::sourceparts=/dev/null 2>&1
}

# try_repository looks at it before anything of this system is changed. Lists
# have a lock for which apt does not wait.
try_repository() {
	say "asking $site"
	public_key >"$work/pigrid.asc"
	source_file "$work/pigrid.asc" >"$work/pigrid.sources"
	tries=100
	until said=$(ask "$work/pigrid.sources"); do
		case $said in
		*"Could not get lock"*)
			[ $tries -gt 0 ] || refuse "another program uses apt all the time. Try again later."
			[ $tries -lt 100 ] || say "another program uses apt; waiting for it, 5 minutes at most"
			;;
		*"not valid yet"*) refuse "the clock of this system is wrong ($(date)). Set it, then try again." ;;
		*NO_PUBKEY* | *[Ss]ignature* | *"not signed"* | *"Sum mismatch"* | *"unexpected size"*)
			refuse "the data from $site does not match its signature. Try again in a few minutes. If that does not help, ask the owner of the site." ;;
		*) refuse "$site cannot be reached, or there is no repository. Is this system connected?" ;;
		esac
		tries=$((tries - 1))
		sleep 3
	done
}

# forget SOURCE FOLDER removes what apt has fetched from the repository. Its names
# are the address as apt writes it: 'http://…/InRelease' pi.example_dists_….
forget() {
	begin=$(apt-get update --print-uris -o Dir::Etc::sourcelist="$1" -o Dir::Etc::sourceparts=/dev/null 2>/dev/null |
		sed -n 's/^[^ ]* \([^ /]*_dists_stable_\)InRelease .*/\1/p') || return 0
	[ -z "$begin" ] || as_root rm -f "$2/$begin"*
}

# refuse SENTENCE ends before anything was changed.
refuse() {
	forget "$work/pigrid.sources" /var/lib/apt/lists/partial
	printf '%s\n' "$said" | grep '^[EW]:' >&2 || true
	die "$* Nothing was changed."
}

# place FILE AT puts a file there, unless it is there.
place() {
	cmp -s "$1" "$2" || as_root install -D -m 0644 "$1" "$2"
}

add_repository() {
	place "$work/pigrid.asc" "$key"
	source_file "$key" >"$work/pigrid.sources"
	place "$work/pigrid.sources" "$source"
}

version() { dpkg-query -W -f '${Version}' pigrid-agent 2>/dev/null || true; }

install_agent() {
	before=$(version)
	# What it recommends comes from the system's own repositories.
	if ! have rpicam-vid && ! have libcamera-vid; then
		say "asking the system's own repositories for the camera program"
		apt_get update >/dev/null 2>&1 || true
	fi
	apt_get install -o Dpkg::Options::=--force-confold pigrid-agent ||
		apt_get install -o Dpkg::Options::=--force-confold --no-install-recommends pigrid-agent ||
		die "pigrid-agent could not be installed, see above."
	if [ "$before" = "$(version)" ]; then
		say "pigrid-agent $before was there already, and is the newest."
	else
		say "installed pigrid-agent $(version)."
	fi
}

# try_picture has the camera give a picture: whether another program has it shows
# only then. The Pi's own name may not be known to itself.
try_picture() {
	url=$(as_root pigrid-agent status 2>/dev/null | sed -n 's/^Open //p')
	case $url in *.local:*) url=http://localhost:${url##*:} ;; esac
	if [ -n "$url" ] && have curl; then
		curl --silent --output /dev/null --max-time 20 "${url}snapshot.jpg?settle=0" || true
	fi
}

# port_holder names the program that has the port which the agent did not get.
port_holder() {
	port=$(printf '%s\n' "$1" | sed -n 's/.*another program listens on [^ ]*:\([0-9]*\) already.*/\1/p' | tail -n 1)
	[ -n "$port" ] && have ss || return 0
	holder=$(as_root ss -Hltnp "sport = :$port" | sed -n 's/.*users:(("\([^"]*\)",pid=\([0-9]*\).*/\1 (process \2)/p' | head -n 1)
	[ -z "$holder" ] || say "port $port is used by $holder. Stop it, or choose another port in /etc/pigrid/agent.toml. The agent then starts without further action."
}

# report says how the agent is, and what keeps it from its camera or its port.
report() {
	if [ ! -d /run/systemd/system ]; then
		say "there is no systemd here to start the agent: start pigrid-agent yourself."
		return
	fi
	case $(systemctl is-enabled pigrid-agent 2>/dev/null) in
	disabled | masked)
		say "somebody has switched it off, so it stays off: sudo systemctl unmask pigrid-agent; sudo systemctl enable --now pigrid-agent"
		return
		;;
	esac
	if systemctl is-active --quiet pigrid-agent; then
		try_picture
		as_root pigrid-agent status || true
		return
	fi
	log=$(as_root journalctl --unit pigrid-agent --lines 5 --output cat --no-pager 2>/dev/null) || log=
	printf '%s\n' "$log" >&2
	port_holder "$log" >&2
	die "it is installed but does not run, see above. Its log: journalctl -u pigrid-agent"
}

uninstall() {
	have apt-get || die "this system has no apt, so nothing was installed by this."
	if dpkg-query -W pigrid-agent >/dev/null 2>&1; then
		apt_get purge pigrid-agent || die "pigrid-agent could not be removed, see above."
	fi
	forget "$source" /var/lib/apt/lists
	as_root rm -f "$source" "$key"
	say "removed the agent, its settings, its repository and the key."
}

main() {
	umask 022
	case $* in
	"") ;;
	--uninstall)
		need_rights
		uninstall
		return
		;;
	*) die "the only argument is --uninstall." ;;
	esac
	need_rights
	need_system
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	trap 'exit 1' HUP INT TERM
	chmod 755 "$work" # apt reads it as another user
	try_repository
	add_repository
	install_agent
	report
}

# Of a download that was cut off, sh does nothing: the last sign closes this.
{ main "$@"; }
