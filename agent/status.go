package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"pigrid/agent/config"
	"pigrid/agent/control"
	"pigrid/agent/web"
	"pigrid/shared/api"
	"pigrid/shared/environ"
)

// Exit codes of `pigrid-agent status`. 3 is what init scripts say of a program
// that does not run (LSB, "Init Script Actions").
const (
	exitTrouble = 1 // it runs, and a camera gives no picture
	exitNone    = 3 // it does not run, or may not be asked
)

// exitError ends the program with another code than 1.
type exitError struct {
	error
	code int
}

// stateDirs are the folders in which an agent of this machine may keep its state,
// in the order in which they are asked.
func stateDirs(cfg config.Config, env []string) []string {
	if cfg.StateDir != "" {
		return []string{cfg.StateDir}
	}
	dirs := []string{systemStateDir}
	if own := environ.StateDir(env, "pigrid"); own != "" {
		dirs = append(dirs, own)
	}
	return dirs
}

// reporting returns what answers `pigrid-agent status` in the agent that runs. Its
// times are those of the clock as it goes now: a Pi that has just started may not
// know the time yet.
func reporting(url string, server *web.Server, trouble *problems) func() control.Report {
	started := time.Now()
	return func() control.Report {
		now := time.Now()
		since := func(t time.Time) time.Time { return now.Add(t.Sub(now)) }
		report := control.Report{
			Version: version, URL: url, Since: since(started),
			Cameras: server.Status(now).Cameras,
		}
		if last := trouble.Last(); last != nil {
			problem := *last
			problem.At = since(problem.At)
			report.Problem = &problem
		}
		for _, v := range server.Viewers() {
			report.Viewers = append(report.Viewers, control.Viewer{Address: v.Address.String(), Camera: v.Camera, Since: since(v.Since)})
		}
		return report
	}
}

// status prints what a person at the Pi wants to know of the agent that runs there.
func status(ctx context.Context, cfg config.Config, env []string, out io.Writer) error {
	report, err := statusOf(ctx, cfg, env)
	if err != nil {
		return err
	}
	printReport(out, report, time.Now())
	return troubleOf(report)
}

// askAgent asks the agent of this machine, wherever it keeps its state. asRoot is the
// command that may ask any.
func askAgent(cfg config.Config, env []string, asRoot string, ask func(dir string) error) error {
	denied := false
	for _, dir := range stateDirs(cfg, env) {
		err := ask(dir)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, os.ErrPermission):
			denied = true
		case !errors.Is(err, control.ErrNone):
			return exitError{fmt.Errorf("the agent is not answering: %w", err), exitNone}
		}
	}
	if denied {
		return exitError{errors.New("only root can query the agent on this machine: " + asRoot), exitNone}
	}
	return exitError{errors.New("no agent is running here; start it with sudo systemctl start pigrid-agent, or run pigrid-agent by hand"), exitNone}
}

// troubleOf is an error when a camera gives no picture.
func troubleOf(r control.Report) error {
	for _, c := range r.Cameras {
		if c.State == api.Failed {
			return exitError{fmt.Errorf("%s gives no picture", c.ID), exitTrouble}
		}
	}
	return nil
}

// printReport writes a report for a person.
func printReport(out io.Writer, r control.Report, now time.Time) {
	fmt.Fprintf(out, "pigrid-agent %s, running since %s.\nOpen %s\n\nCameras\n", r.Version, moment(r.Since, now), r.URL)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, c := range r.Cameras {
		fmt.Fprintf(table, "  %s\t%s\t%s\n", c.ID, c.State, aboutCamera(c))
	}
	_ = table.Flush()
	fmt.Fprintln(out, "\nViewers")
	for _, v := range r.Viewers {
		fmt.Fprintf(table, "  %s\t%s\tsince %s\n", v.Address, v.Camera, moment(v.Since, now))
	}
	if len(r.Viewers) == 0 {
		fmt.Fprintln(table, "  none")
	}
	_ = table.Flush()
	if p := r.Problem; p != nil {
		fmt.Fprintf(out, "\nLast problem, %s\n  %s\n", moment(p.At, now), p.Message)
		if p.Hint != "" {
			fmt.Fprintf(out, "  %s\n", p.Hint)
		}
	}
}

// aboutCamera is what matters of a camera in its state.
func aboutCamera(c api.Camera) string {
	switch {
	case c.Error != nil:
		return c.Error.Message
	case c.State == api.Live:
		return fmt.Sprintf("%dx%d, %.1f fps", c.Width, c.Height, c.FPS)
	}
	return ""
}

// moment is a time as people say it: the clock today, with the date before.
func moment(t, now time.Time) string {
	t, now = t.Local(), now.Local()
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return t.Format("15:04")
	}
	return t.Format("2006-01-02 15:04")
}
