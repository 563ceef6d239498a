package process

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"pigrid/shared/api"
	"pigrid/shared/mjpeg"
)

// Reason maps what a capture program says to what a person needs to know.
type Reason struct {
	says    *regexp.Regexp
	problem api.Problem
	// follows is set where another line, if there is one, says why.
	follows bool
	// warns is set where a mere warning of libcamera says it.
	warns bool
	// look completes the problem by what this machine shows; may be nil.
	look func(line string, p api.Problem) api.Problem
}

// Entry makes a Reason of a pattern that matches the line.
func Entry(pattern string, code api.Code, message, hint string) Reason {
	return Reason{says: regexp.MustCompile(pattern), problem: api.Problem{Code: code, Message: message, Hint: hint}}
}

// After is for a line that only says what follows: another one, if there is one,
// says why.
func (r Reason) After() Reason { r.follows = true; return r }

// Warns is for what a mere warning of libcamera says.
func (r Reason) Warns() Reason { r.warns = true; return r }

// With completes the problem by what this machine shows.
func (r Reason) With(look func(string, api.Problem) api.Problem) Reason { r.look = look; return r }

// find returns the reason that the lines give, the last of those that follow from
// nothing else. ok is false when there is none.
func find(known []Reason, said []string) (r Reason, line string, ok bool) {
	for _, follows := range []bool{false, true} {
		for _, line := range slices.Backward(said) {
			for _, r := range known {
				if r.follows == follows && (r.warns || !warningLine.MatchString(line)) && r.says.MatchString(line) {
					return r, line, true
				}
			}
		}
	}
	return Reason{}, "", false
}

// Because is what lines are known to mean. Where they only say what follows from
// something that is not known, that is told in the program's own words.
func Because(known []Reason, program string, said []string) (p api.Problem, ok bool) {
	r, line, ok := find(known, said)
	if !ok {
		return api.Problem{}, false
	}
	p = r.problem
	if r.look != nil {
		p = r.look(line, p)
	}
	if !r.follows {
		return p, true
	}
	others := slices.DeleteFunc(slices.Clone(said), func(line string) bool {
		_, _, known := find(known, []string{line})
		return known || !errorLine.MatchString(line)
	})
	if words := cite(others); words != "" {
		p.Message = strings.TrimSuffix(p.Message, ".") + ", and " + filepath.Base(program) + strings.TrimPrefix(words, ", and") + "."
		if p.Code == api.CodeNotDetected {
			p.Code, p.Hint = api.CodeUnusable, "Run `rpicam-vid --list-cameras` by hand to see more. "+p.Hint
		}
	}
	return p, true
}

// Explain says why a capture program ended, from what it said last.
func Explain(known []Reason, program string, said []string, exit error, seen mjpeg.Counts) api.Problem {
	if p, ok := Because(known, program, said); ok {
		return p
	}
	name, last := filepath.Base(program), cite(said)
	switch {
	case exit != nil:
		return api.Problem{
			Code: api.CodeCrashed, Message: fmt.Sprintf("%s ended with %v%s.", name, exit, last),
			Hint: "The agent restarts it. Run it in a terminal to see more.",
		}
	case seen.Frames == 0 && seen.Garbage > 0:
		return api.Problem{
			Code: api.CodeNotMJPEG, Message: name + " does not write MJPEG.",
			Hint: "Its standard output must be JPEG pictures, one after the other.",
		}
	case seen.Frames == 0:
		return api.Problem{
			Code: api.CodeNoFrames, Message: fmt.Sprintf("%s ended without a picture%s.", name, last),
			Hint: "Run it in a terminal to see more.",
		}
	}
	return api.Problem{Code: api.CodeEnded, Message: fmt.Sprintf("%s ended%s.", name, last), Hint: "The agent restarts it."}
}

// explainStart says why a program could not be started.
func explainStart(program string, err error) api.Problem {
	_, there := os.Stat(program)
	switch missing := errors.Is(err, fs.ErrNotExist); {
	case errors.Is(err, exec.ErrNotFound), missing && errors.Is(there, fs.ErrNotExist):
		return api.Problem{
			Code: api.CodeProgramMissing, Message: fmt.Sprintf("The program %s is not installed.", program),
			Hint: "Install it, or correct the command of --source.",
		}
	case missing: // a script whose shell is, or a program of another system
		return api.Problem{
			Code: api.CodeCrashed, Message: fmt.Sprintf("%s cannot be started: what it needs to run is missing.", program),
			Hint: "Check the program that its first line names.",
		}
	}
	return api.Problem{
		Code: api.CodeCrashed, Message: fmt.Sprintf("%s cannot be started: %v.", program, err),
		Hint: "Check that the file may be executed.",
	}
}
