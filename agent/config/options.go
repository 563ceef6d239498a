package config

import "pigrid/shared/values"

// option is one setting. Flags, environment, file, --help, the example file and the
// table in README all follow from it.
type option struct {
	key     string // --key, PIGRID_KEY, and key = in the file
	kind    string // what stands for its value in --help; a unit where it has one
	value   string // its default; "" where none can be written down,
	without string // and then what holds without it, if that needs a word
	example string // a value for the file where there is no default

	about   string // what it does; as in all texts here, backquotes mark what is typed
	readme  string // what only README adds, a sentence without its full stop
	command string // what only --help adds

	short bool // --help shows it, too; the rest stands under help flags
	list  bool // may be given more than once, and as a list in the file

	set    func(*Loader) parser // where it is kept; nil: for every camera, by camera
	camera func(*Camera) parser // where it is kept for one camera; nil: it is not for one
}

// parser checks a value and keeps it. Its error completes "is invalid: ".
type parser = values.Parser

// options are all settings, in the order of --help.
func options(sources []Source) []option {
	return append(append(serving(sources), pictures()...), watching()...)
}

// serving is where the agent listens and which cameras it serves.
func serving(sources []Source) []option {
	return []option{
		{
			key: "listen", kind: "address", value: DefaultListen, set: func(l *Loader) parser { return listen(&l.cfg.Listen) },
			about: "address and port to listen on; with an address, the agent is announced only there; if it is not set and 8080 is in use, the agent takes the next free port up to 8089", readme: "`192.168.1.20:8080` is for that address's network only, `127.0.0.1:8080` for this machine only",
		},
		{key: "source", kind: "source", value: "auto", short: true, set: func(l *Loader) parser { return source(&l.cfg.Source, sources) }, about: about(sources)},
		{key: "camera", kind: "id", list: true, without: "all", example: `["imx708"]`, set: func(l *Loader) parser { return cameras(&l.cfg.Only) }, about: "serve only this camera, by id or index"},
	}
}

// pictures is what cameras are asked for.
func pictures() []option {
	return []option{
		{
			key: "width", kind: "pixels", without: "640, or what fits `--height`", example: "640", short: true, camera: func(c *Camera) parser { return values.Integer(&c.Width, minSide, maxSide) },
			about: "width of the picture", readme: "Without a height it follows the sensor's shape: 640x360 for a Camera Module 3, 640x480 for most others",
		},
		{
			key: "height", kind: "pixels", without: "what fits the sensor's shape", example: "480", short: true, camera: func(c *Camera) parser { return values.Integer(&c.Height, minSide, maxSide) },
			about: "height of the picture", readme: "A size of another shape than the sensor's cuts off what does not fit; the status (`/api/v1/status`, `crop`) says what remains",
		},
		{key: "framerate", kind: "fps", value: "30", short: true, camera: func(c *Camera) parser { return framerate(&c.Framerate) }, about: "frames per second"},
		{key: "quality", kind: "1-100", without: "the capture program's own", example: "80", camera: func(c *Camera) parser { return values.Integer(&c.Quality, 1, 100) }, about: "JPEG quality"},
		{
			key: "mode", kind: "mode", without: "the full field of view", example: `"auto"`, camera: func(c *Camera) parser { return mode(&c.Mode) },
			about: "sensor mode `W:H:BITS`, or `auto` for the capture program's choice",
		},
		{key: "shutter", kind: "time", value: "auto", camera: func(c *Camera) parser { return shutter(&c.Shutter) }, about: "exposure time like `5ms` or `2s`; a longer one than 1/framerate lowers the framerate"},
		{
			key: "post-process-file", kind: "file", value: noFile, camera: func(c *Camera) parser { return postProcess(&c.PostProcess) },
			about: "what rpicam-vid does with the pictures, like the AI of an IMX500; absolute path", readme: "For example `/usr/share/rpi-camera-assets/imx500_mobilenet_ssd.json`",
		},
		{
			key: "name", kind: "text", without: "the host name", example: `"Garden"`, short: true, set: func(l *Loader) parser { return name(&l.cfg.Name) }, camera: func(c *Camera) parser { return name(&c.Name) },
			about: "name that people see",
		},
	}
}

// watching is who may watch, how the agent is found, and where it keeps and says
// what.
func watching() []option {
	return []option{
		{
			key: "state-dir", kind: "folder", without: "`/var/lib/pigrid`, or the user's state folder", example: `"/var/lib/pigrid"`, set: func(l *Loader) parser { return path(&l.cfg.StateDir, "folder") },
			about: "where the agent keeps its id",
		},
		{key: "allow-host", kind: "name", list: true, example: `["cameras.example.org"]`, set: func(l *Loader) parser { return hosts(&l.cfg.AllowHosts) }, about: "additional Host name to accept"},
		{
			key: "allow-origin", kind: "origin", list: true, example: `["http://dashboard.lan:3000"]`, set: func(l *Loader) parser { return origins(&l.cfg.AllowOrigins) },
			about: "web origin whose scripts may read answers and that may show the page in a frame, or `*`",
		},
		{key: "allow-from", kind: "network", list: true, example: `["203.0.113.0/24"]`, set: func(l *Loader) parser { return networks(&l.cfg.AllowFrom) }, about: "additional network that may watch"},
		{
			key: "max-viewers", kind: "n", value: "64", set: func(l *Loader) parser { return values.Integer(&l.cfg.MaxViewers, 1, 100000) },
			about: "streams served at once", readme: "At the limit, the client with most streams makes room for others",
		},
		{
			key: "idle-timeout", kind: "time", value: "30s", set: func(l *Loader) parser { return idle(&l.cfg.IdleTimeout) },
			about: "switch the camera off this long after the last viewer; `never` keeps it on", readme: "A camera with long exposures stays on until its first picture",
		},
		{key: "mdns", kind: "bool", value: "true", set: func(l *Loader) parser { return values.Boolean(&l.cfg.MDNS) }, about: "announce the agent on the local network", command: "`--mdns=false` does not"},
		{
			key: "mdns-interface", kind: "name", without: "all", example: `"eth0"`, set: func(l *Loader) parser { return networkInterface(&l.cfg.MDNSInterface) },
			about: "announce on this network interface only",
		},
		{key: "log-level", kind: "level", value: "info", set: func(l *Loader) parser { return values.Level(&l.cfg.LogLevel) }, about: "`debug`, `info`, `warn` or `error`"},
		{key: "log-format", kind: "format", value: "text", set: func(l *Loader) parser { return values.LogFormat(&l.cfg.LogJSON) }, about: "`text` or `json`"},
		{key: "config", kind: "file", value: DefaultFile, set: func(l *Loader) parser { return path(&l.file, "file") }, about: "file with these settings"},
	}
}
