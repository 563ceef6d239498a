package gridapi

import (
	"math"

	"pigrid/desktop/engine"
	"pigrid/desktop/keep"
)

// runSave runs a command that saves pictures; nil when there is none of that name.
func (s *Server) runSave(command string, c Call) *Saved {
	switch command {
	case "snapshot":
		return s.savedOf(s.engine.SaveSnapshot(c.Key))
	case "clip":
		return s.savedOf(s.engine.SaveClip(c.Key))
	case "reveal":
		r := Saved{Paths: []string{}, CanShow: s.engine.Reveal(c.Path)}
		if !r.CanShow {
			r.Code = keep.Failed
		}
		return &r
	default:
		return nil
	}
}

func (s *Server) savedOf(k engine.Kept) *Saved {
	return &Saved{
		Code: k.Code, Detail: k.Detail, Paths: append([]string{}, k.Paths...), Folder: k.Folder,
		Seconds: math.Round(k.Length.Seconds()*10) / 10, Until: millis(k.Until), Missed: k.Missed,
		CanShow: len(k.Paths) > 0 && s.engine.CanReveal(),
	}
}
