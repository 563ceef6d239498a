// Package config reads the settings of pigrid-serve: flags > environment > file >
// default, checked once, every mistake answered with one sentence.
package config

import (
	"log/slog"
	"net/netip"
	"net/url"

	"pigrid/shared/values"
)

const (
	// DefaultFile is read when it exists.
	DefaultFile = "/etc/pigrid/serve.toml"
	// DefaultListen is where browsers of this machine alone find it.
	DefaultListen = "127.0.0.1:8088"
	// envPrefix and the flag's name in capitals make the variable's name.
	envPrefix = "PIGRID_SERVE_"
)

// Config is how pigrid-serve is set. It is valid: nothing in it needs a second look.
type Config struct {
	Listen     string // host:port; host may be empty, port 0 picks one
	NoPassword bool   // everybody on the network may watch
	StateDir   string // "" is the default

	AllowHosts []string
	AllowFrom  []netip.Prefix
	TrustProxy []netip.Prefix // whose word on clients, host and scheme counts
	UserHeader string         // by which they say who is logged in, "" for none
	MaxViewers int
	Webhook    *url.URL // to which is posted what happens; nil for nothing

	Site     string // what this place is called for Prometheus; "" is the machine's name
	MDNS     bool
	LogLevel slog.Level
	LogJSON  bool
}

// option is one setting. Flags, environment, file and --help follow from it.
type option struct {
	key, kind string
	value     string // its default,
	example   string // or a value for the file where there is none
	about     string
	list      bool // may be given more than once, and as a list in the file
	secret    bool // no error repeats its value
	set       func(*Loader) parser
}

// parser checks a value and keeps it. Its error completes "is invalid: ".
type parser = values.Parser

// options are all settings, in the order of --help.
var options = [...]option{
	{key: "listen", kind: "address", value: DefaultListen, set: func(l *Loader) parser { return listen(&l.cfg.Listen) }, about: "address and port to listen on; :8088 is for the whole network, which then needs the view password"},
	{key: "no-password", kind: "bool", value: "false", set: func(l *Loader) parser { return values.Boolean(&l.cfg.NoPassword) }, about: "let everybody on the network watch without the view password"},
	{key: "state-dir", kind: "folder", example: `"/var/lib/pigrid-serve"`, set: func(l *Loader) parser { return path(&l.cfg.StateDir, "folder") }, about: "where cameras, keys and the view password are kept (default the service's folder, or pigrid-serve in the user's state folder)"},
	{key: "allow-host", kind: "name", list: true, example: `["cameras.example.org"]`, set: func(l *Loader) parser { return hosts(&l.cfg.AllowHosts) }, about: "additional Host name to accept; may be repeated"},
	{key: "allow-from", kind: "network", list: true, example: `["203.0.113.0/24"]`, set: func(l *Loader) parser { return networks(&l.cfg.AllowFrom) }, about: "additional network that may watch; may be repeated"},
	{key: "trust-proxy", kind: "network", list: true, example: `["127.0.0.1"]`, set: func(l *Loader) parser { return proxies(&l.cfg.TrustProxy) }, about: "address or network of a reverse proxy whose X-Forwarded-For, -Host and -Proto are believed; may be repeated. This machine then needs the view password, too"},
	{key: "user-header", kind: "name", example: `"Remote-User"`, set: func(l *Loader) parser { return header(&l.cfg.UserHeader) }, about: "header by which that proxy says who is logged in, like Remote-User; the proxy must remove it from what clients send"},
	{key: "max-viewers", kind: "n", value: "64", set: func(l *Loader) parser { return values.Integer(&l.cfg.MaxViewers, 1, 10000) }, about: "streams served to other programs at once"},
	{key: "webhook", kind: "url", secret: true, example: `"https://ntfy.sh/my-cameras"`, set: func(l *Loader) parser { return webhook(&l.cfg.Webhook) }, about: "post to this URL when a camera goes away, comes back or fails. Arguments are seen by everybody on the machine: if it holds a secret, use the environment; the service reads /etc/pigrid/serve.env"},
	{key: "site", kind: "name", example: `"home"`, set: func(l *Loader) parser { return site(&l.cfg.Site) }, about: "what /prometheus/targets calls this place (default the machine's name)"},
	{key: "mdns", kind: "bool", value: "true", set: func(l *Loader) parser { return values.Boolean(&l.cfg.MDNS) }, about: "search the network for agents; --mdns=false does not"},
	{key: "log-level", kind: "level", value: "info", set: func(l *Loader) parser { return values.Level(&l.cfg.LogLevel) }, about: "debug, info, warn or error"},
	{key: "log-format", kind: "format", value: "text", set: func(l *Loader) parser { return values.LogFormat(&l.cfg.LogJSON) }, about: "text or json"},
	{key: "config", kind: "file", value: DefaultFile, set: func(l *Loader) parser { return path(&l.file, "file") }, about: "file with these settings"},
}
