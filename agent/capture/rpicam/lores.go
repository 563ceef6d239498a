package rpicam

import (
	"encoding/json"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"pigrid/agent/capture"
	"pigrid/shared/api"
)

const (
	// maxAsset bounds what is read of a post-processing file, in bytes.
	maxAsset = 1 << 20
	// usualLores is the side of the pictures that most networks of a Hailo want.
	usualLores = 640
)

// tooSmall says which size a picture needs for a post-processing file that wants
// a second, smaller stream than it: rpicam-vid refuses one that is larger.
func tooSmall(p api.Problem, o capture.Options, shape image.Point) api.Problem {
	name, got := filepath.Base(o.PostProcess), o.Fitting(shape)
	need, ok := wantedLores(o.PostProcess)
	if ok {
		p.Message = fmt.Sprintf("The picture of %dx%d is smaller than the %dx%d that %s needs.", got.Width, got.Height, need.X, need.Y, name)
	} else {
		need = image.Pt(usualLores, usualLores)
		p.Message = fmt.Sprintf("The picture of %dx%d is smaller than what %s needs.", got.Width, got.Height, name)
	}
	size := covering(need, shape)
	p.Hint = fmt.Sprintf("Set --width %d --height %d, or a larger size.", size.X, size.Y)
	return p
}

// covering returns a usual size of a sensor's shape that is at least so large.
func covering(need, shape image.Point) image.Point {
	for _, width := range []int{640, 800, 1024, 1280, 1640, 1920, 2560, 3840} {
		if size := (capture.Options{Width: width}).Fitting(shape).Size(); size.X >= need.X && size.Y >= need.Y {
			return size
		}
	}
	return need
}

// wantedLores reads the size of the second stream from a post-processing file.
func wantedLores(path string) (image.Point, bool) {
	f, err := os.Open(path)
	if err != nil {
		return image.Point{}, false
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxAsset))
	if err != nil {
		return image.Point{}, false
	}
	return parseLores(data)
}

// parseLores reads {"rpicam-apps": {"lores": {"width": 640, "height": 640}}}.
// Numbers may stand in quotes.
func parseLores(data []byte) (image.Point, bool) {
	var asset struct {
		Apps struct {
			Lores struct{ Width, Height any }
		} `json:"rpicam-apps"`
	}
	if json.Unmarshal(data, &asset) != nil {
		return image.Point{}, false
	}
	side := func(v any) int {
		n, err := strconv.ParseFloat(fmt.Sprint(v), 64)
		if err != nil || !(n >= 1 && n <= capture.MaxSide) {
			return 0
		}
		return int(n)
	}
	size := image.Pt(side(asset.Apps.Lores.Width), side(asset.Apps.Lores.Height))
	return size, size.X > 0 && size.Y > 0
}
