package notify

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"pigrid/desktop/cameras"
)

// Notice is what a person reads.
type Notice struct {
	Title string
	Body  string // plain text
	// Events are what it says, of all cameras. [Trial] has none.
	Events []Event
}

const (
	// few is how many cameras have a notice of their own each.
	few = 2
	// named is how many are named in one for many.
	named = 3
	// maxName and maxWords are how many characters of what comes from the network are said.
	maxName  = 60
	maxWords = 160
)

// noticesOf is one notice for each event, or one for many of a kind.
func noticesOf(events []Event) (list []Notice) {
	for _, back := range []bool{false, true} {
		var of []Event
		for _, e := range events {
			if e.Back == back {
				of = append(of, e)
			}
		}
		if len(of) > few {
			list = append(list, forMany(of, back))
			continue
		}
		for _, e := range of {
			list = append(list, forOne(e))
		}
	}
	return list
}

func forOne(e Event) Notice {
	if e.Back {
		return Notice{nameOf(e) + ": pictures come again", fmt.Sprintf("There were none for %s.", length(e.Until.Sub(e.Since))), []Event{e}}
	}
	return Notice{nameOf(e) + ": no pictures", fmt.Sprintf("Since %s. %s", e.Since.Format("15:04"), why(e.Sample)), []Event{e}}
}

func forMany(events []Event, back bool) Notice {
	what := "no pictures"
	if back {
		what = "pictures come again"
	}
	var names []string
	for _, e := range events[:named] {
		names = append(names, nameOf(e))
	}
	body := strings.Join(names, ", ")
	if more := len(events) - named; more > 0 {
		body += fmt.Sprintf(" and %d more", more)
	}
	return Notice{fmt.Sprintf("%d cameras: %s", len(events), what), body, events}
}

// Trial is what a person sees who wants to know of a camera.
func Trial(name string) Notice {
	return Notice{Title: plain(name, maxName, "Camera") + ": notifications are on", Body: "You get one when no picture has come for 15 seconds, and one when pictures come again."}
}

// ShownName is a camera's name in one short line.
func (s Sample) ShownName() string { return plain(s.Name, maxName, "Camera") }

func nameOf(e Event) string { return e.ShownName() }

// Why says why a camera has gone, in a sentence.
func (s Sample) Why() string { return why(s) }

// why says why a camera has gone.
func why(s Sample) string {
	switch s.State {
	case cameras.Offline:
		return offline(s.Reason)
	case cameras.Stalled:
		return "No new pictures come."
	case cameras.Connecting:
		return "No picture came yet."
	case cameras.Refused:
		return "Access was denied."
	case cameras.Incompatible:
		if s.Reason == cameras.ReasonTooNew {
			return "Its agent is too new."
		}
		return "Its agent is too old."
	default:
		return plain(s.Message, maxWords, "Its camera gives no pictures.")
	}
}

func offline(reason cameras.Reason) string {
	switch reason {
	case cameras.ReasonRefused:
		return "PiGrid is not running there."
	case cameras.ReasonTimeout:
		return "It takes too long to answer."
	case cameras.ReasonEnded:
		return "It closed the connection."
	default:
		return "The Pi does not answer."
	}
}

// length is "40 s", "19 min", "2 h", "4 days".
func length(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	default:
		return fmt.Sprintf("%d days", int(d.Hours())/24)
	}
}

// plain is a text from the network in one line, or instead of none another one.
func plain(text string, most int, instead string) string {
	text = strings.Map(func(c rune) rune {
		switch {
		case unicode.IsSpace(c):
			return ' '
		case unicode.IsControl(c), unicode.Is(unicode.Cf, c):
			return -1
		default:
			return c
		}
	}, strings.ToValidUTF8(text, ""))
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	if text == "" {
		return instead
	}
	return text
}
