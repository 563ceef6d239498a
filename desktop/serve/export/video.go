package export

import (
	"io"

	"go.yaml.in/yaml/v3"
)

// What a program is told of the password, where it wants one.
const secretNote = "\nSet %VAR% to the view password: sudo pigrid-serve password"

// about is the comment that a configuration begins with.
func about(s Source, text, variable string) string {
	if s.Login {
		text += replaced(secretNote, variable)
	}
	return text
}

// go2rtc opens a stream when somebody looks.
func go2rtc(w io.Writer, s Source) error {
	return writeYAML(w, about(s, "go2rtc.yaml, by pigrid-serve. Untried. Cameras sleep until somebody looks.", "PIGRID_PASSWORD"),
		new(table).with("streams", "", of(s, func(c Camera) *yaml.Node {
			return text(s.url(c.Video, "${PIGRID_PASSWORD}"))
		})))
}

// frigate looks for things in five pictures a second.
func frigate(w io.Writer, s Source) error {
	return writeYAML(w, about(s, "Part of Frigate's config.yml, by pigrid-serve. Untried. It keeps the cameras on.\nFrigate cannot record MJPEG: for that, let its go2rtc make H.264 of it.", "FRIGATE_PIGRID_PASSWORD"),
		new(table).with("cameras", "", of(s, func(c Camera) *yaml.Node {
			input := new(table).with("path", "", text(s.url(c.Video+"?fps=5", "{FRIGATE_PIGRID_PASSWORD}"))).with("roles", "", words("detect"))
			reads := new(table).with("input_args", "", text("preset-http-mjpeg-generic")).with("inputs", "", list(&input.node))
			detects := new(table).with("enabled", "", number("true")).with("fps", "", number("5"))
			return &new(table).with("ffmpeg", "", &reads.node).with("detect", "", &detects.node).node
		})))
}

// mediamtx accepts no MJPEG over HTTP: ffmpeg makes H.264 of it while somebody looks.
func mediamtx(w io.Writer, s Source) error {
	return writeYAML(w, about(s, "Part of mediamtx.yml, by pigrid-serve. Untried. Cameras sleep until somebody looks.\nIt needs ffmpeg. With -c:v copy it records the pictures as they are, and browsers see nothing.", "PIGRID_PASSWORD"),
		new(table).with("paths", "", of(s, func(c Camera) *yaml.Node {
			// A shell, since only that knows the variable. All in it is ours, or made of
			// letters, digits, - and _. Who may see all processes there sees the password:
			// ffmpeg takes it from nowhere else.
			run := `sh -c 'exec ffmpeg -hide_banner -loglevel error -use_wallclock_as_timestamps 1 -i "` + s.url(c.Video+"?fps=10", "$PIGRID_PASSWORD") +
				`" -c:v libx264 -preset ultrafast -tune zerolatency -f rtsp "rtsp://localhost:$RTSP_PORT/$MTX_PATH"'`
			return &new(table).with("runOnDemand", "", text(run)).with("runOnDemandRestart", "", number("true")).node
		})))
}
