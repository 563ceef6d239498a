package config

import (
	"log/slog"
	"time"

	"github.com/spf13/pflag"
)

// Loader collects settings from where they may stand.
type Loader struct {
	cfg   Config
	file  string
	flags *pflag.FlagSet
}

// NewLoader defines every setting as a flag of fs, in the order of --help.
func NewLoader(fs *pflag.FlagSet) *Loader {
	fs.SortFlags = false
	l := &Loader{flags: fs, cfg: Config{
		Listen: DefaultListen, Source: "auto",
		Camera:     Camera{Framerate: 30},
		MaxViewers: 64, IdleTimeout: 30 * time.Second, MDNS: true, LogLevel: slog.LevelInfo,
	}}
	c := &l.cfg
	l.add("listen", c.Listen, "address", "where to listen, and with an address to be found only there; left out, the next free port up to 8089 is taken if 8080 is not free", listen(&c.Listen))
	l.add("source", c.Source, "source", "auto (Pi cameras and USB webcams), rpicam (without webcams), pattern (a test picture) or exec:COMMAND that writes MJPEG to its standard output", source(&c.Source))
	l.addList("camera", "id", "serve only this camera, by id or index; may be repeated", cameras(&c.Only))
	l.add("width", "", "pixels", "width of the picture (default 640, or what fits --height)", integer(&c.Camera.Width, minSide, maxSide))
	l.add("height", "", "pixels", "height of the picture (default what fits the sensor's shape)", integer(&c.Camera.Height, minSide, maxSide))
	l.add("framerate", "30", "fps", "frames per second", framerate(&c.Camera.Framerate))
	l.add("quality", "", "1-100", "JPEG quality (default the capture program's own)", integer(&c.Camera.Quality, 1, 100))
	l.add("mode", "", "mode", "sensor mode W:H:BITS, or auto for the capture program's choice (default the full field of view)", mode(&c.Camera.Mode))
	l.add("shutter", "auto", "time", "exposure time like 5ms or 2s; a longer one than 1/framerate lowers the framerate", shutter(&c.Camera.Shutter))
	l.add("post-process-file", "none", "file", "what rpicam-vid does with the pictures, like the AI of an IMX500; absolute path", postProcess(&c.Camera.PostProcess))
	l.add("name", "", "text", "name shown to people (default the host name)", name(&c.Name))
	l.add("state-dir", "", "folder", "where the agent keeps its id (default /var/lib/pigrid, or the user's state folder)", path(&c.StateDir, "folder"))
	l.addList("allow-host", "name", "one more Host name to answer to; may be repeated", hosts(&c.AllowHosts))
	l.addList("allow-origin", "origin", "web origin whose scripts may read answers and that may show the page in a frame, or *; may be repeated", origins(&c.AllowOrigins))
	l.addList("allow-from", "network", "one more network clients may come from; may be repeated", networks(&c.AllowFrom))
	l.add("max-viewers", "64", "n", "streams served at once", integer(&c.MaxViewers, 1, 100000))
	l.add("idle-timeout", "30s", "time", "switch the camera off this long after the last viewer; never keeps it on", idle(&c.IdleTimeout))
	l.add("mdns", "true", "bool", "announce the agent on the local network; --mdns=false does not", boolean(&c.MDNS))
	fs.Lookup("mdns").NoOptDefVal = "true"
	l.add("mdns-interface", "", "name", "announce on this network interface only", pattern(&c.MDNSInterface, ifacePattern, "the name of a network interface like eth0"))
	l.add("log-level", "info", "level", "debug, info, warn or error", level(&c.LogLevel))
	l.add("log-format", "text", "format", "text or json", logFormat(&c.LogJSON))
	l.file = DefaultFile
	l.add("config", l.file, "file", "file with these settings", path(&l.file, "file"))
	return l
}

func (l *Loader) add(flag, text, kind, usage string, set func(string) error) {
	l.flags.Var(&value{text: text, kind: kind, set: set}, flag, usage)
}

func (l *Loader) addList(flag, kind, usage string, set func(string) error) {
	l.flags.Var(&value{kind: kind, set: set, list: true}, flag, usage)
}
