package config

import (
	"fmt"
	"testing"
	"time"

	"github.com/spf13/pflag"
)

func TestPerCamera(t *testing.T) {
	cfg, err := load(t, []string{"--config=testdata/cameras.toml", "--width=1280"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]Camera{
		"imx708":   {Name: "Haustür", Width: 1920, Height: 1080, Framerate: 15, Quality: 80, Mode: "auto"},
		"imx708-2": {Width: 1280, Framerate: 2.5, Mode: "2304:1296:10", Shutter: 20 * time.Millisecond, PostProcess: "/etc/group"},
		"other":    {Width: 1280, Framerate: 30, Mode: "2304:1296:10", Shutter: 2 * time.Second, PostProcess: "/etc/passwd"},
	} {
		if got := cfg.For(id); got != want {
			t.Errorf("%s is asked for %+v, want %+v", id, got, want)
		}
	}
}

func ExampleConfig_For() {
	cfg := Config{
		Camera:    Camera{Width: 640, Height: 480, Framerate: 30},
		PerCamera: map[string]Camera{"imx708": {Name: "Garden", Width: 640, Height: 480, Framerate: 5}},
	}
	fmt.Printf("%+v\n", cfg.For("imx708"))
	fmt.Printf("%+v\n", cfg.For("imx219"))
	// Output:
	// {Name:Garden Width:640 Height:480 Framerate:5 Quality:0 Mode: Shutter:0s PostProcess:}
	// {Name: Width:640 Height:480 Framerate:30 Quality:0 Mode: Shutter:0s PostProcess:}
}

// TestByteOrderMark: some editors on Windows begin every file with one.
func TestByteOrderMark(t *testing.T) {
	l := NewLoader(pflag.NewFlagSet("", pflag.ContinueOnError), sources())
	if err := l.fromTOML([]byte("\uFEFFwidth = 800"), map[string]bool{}); err != nil || l.cfg.Camera.Width != 800 {
		t.Errorf("width %d, error %v", l.cfg.Camera.Width, err)
	}
}
