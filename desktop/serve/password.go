package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"pigrid/desktop/serve/config"
	"pigrid/desktop/serve/control"
	"pigrid/desktop/serve/login"
)

// passwordPath is where the running program is asked to change a view password.
const passwordPath = "/password"

const aboutPassword = `Prints a view password, or changes them. Each has a name, so that it can be taken
back alone. Changes count at once, also while pigrid-serve runs.

  password                print the first view password
  password show NAME      print another one
  password list           list all by name, and when they end
  password add NAME       make one; --until 2026-12-24 or --until 7d ends it
  password new [NAME]     make another one in its place
  password remove NAME    remove it

Whoever logged in with a password that was replaced or removed is logged out,
and its streams end.`

// passwordCommand is `password …`.
func (p program) passwordCommand(within loader) *cobra.Command {
	parent := &cobra.Command{Use: "password", Long: aboutPassword, Args: noArguments}
	parent.RunE = within(func(_ context.Context, _ config.Config, dir string, _ []string) error { return p.showPassword(dir, "") })
	add := func(use string, args cobra.PositionalArgs, run func(ctx context.Context, dir, name string) error) *cobra.Command {
		cmd := &cobra.Command{Use: use, Long: parent.Long, Args: args, RunE: within(func(ctx context.Context, _ config.Config, dir string, args []string) error {
			return run(ctx, dir, strings.Join(args, ""))
		})}
		parent.AddCommand(cmd)
		return cmd
	}
	change := func(do string, until *string) func(ctx context.Context, dir, name string) error {
		return func(ctx context.Context, dir, name string) error {
			end, err := parseUntil(*until, time.Now())
			if err != nil {
				return err
			}
			return p.changePassword(ctx, dir, login.Change{Do: do, Name: name, Until: end})
		}
	}
	var until, never string
	add("show NAME", one("a password's name"), func(_ context.Context, dir, name string) error { return p.showPassword(dir, name) })
	add("list", noArguments, func(_ context.Context, dir, _ string) error { return p.listPasswords(dir) })
	add("add NAME", one("a name"), change(login.Add, &until)).Flags().StringVar(&until, "until", "", "when it ends: a day, a time like \"2026-12-24 18:00\", or a duration like 7d")
	add("new [NAME]", cobra.MaximumNArgs(1), change(login.Renew, &never))
	add("remove NAME", one("a password's name"), change(login.Remove, &never))
	return parent
}

// showPassword prints a view password, of the empty name the first.
func (p program) showPassword(dir, name string) error {
	g, _, err := login.Open(dir)
	if err != nil {
		return err
	}
	pass := g.Passes()[0]
	if name != "" {
		if pass = g.Find(name); pass == nil {
			return fmt.Errorf("there is no view password %q; password list shows all", name)
		}
	}
	fmt.Fprintln(p.stdout, pass.Reveal())
	return nil
}

// listPasswords prints names and ends.
func (p program) listPasswords(dir string) error {
	g, _, err := login.Open(dir)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(p.stdout, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "NAME\tENDS")
	for _, pass := range g.Passes() {
		end := "never"
		if !pass.Until.IsZero() {
			end = pass.Until.Local().Format("2006-01-02 15:04")
		}
		if !pass.Lasts(time.Now()) {
			end += " (ended)"
		}
		fmt.Fprintf(table, "%s\t%s\n", plain(pass.Name), end)
	}
	return table.Flush()
}

// changePassword has the running pigrid-serve change a password, or does it where none
// runs.
func (p program) changePassword(ctx context.Context, dir string, c login.Change) error {
	var done changed
	err := control.Ask(ctx, dir, passwordPath, c, &done)
	if err == nil && done.Error != "" {
		err = errors.New(done.Error)
	}
	if errors.Is(err, control.ErrNotRunning) {
		err = changer(nil, dir)(c)
	}
	if err != nil {
		return err
	}
	if c.Do == login.Remove {
		fmt.Fprintf(p.stdout, "Removed %s. Whoever logged in with it is logged out.\n", plain(c.Name))
		return nil
	}
	return p.showPassword(dir, c.Name)
}

// changed is the answer to a change, empty when it was made.
type changed struct {
	Error string `json:"error"`
}

// commandsOf answers commands on this machine: those of the page, and changes of view
// passwords.
func commandsOf(grid http.Handler, change func(login.Change) error) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", grid)
	mux.HandleFunc("POST "+passwordPath, func(w http.ResponseWriter, r *http.Request) {
		var c login.Change
		if json.NewDecoder(http.MaxBytesReader(w, r.Body, maxLine)).Decode(&c) != nil {
			http.Error(w, "this is no change of view passwords", http.StatusBadRequest)
			return
		}
		var answer changed
		if err := change(c); err != nil {
			answer.Error = err.Error()
		}
		_ = json.NewEncoder(w).Encode(answer)
	})
	return mux
}

// changer changes view passwords: those of a gate, or of a folder where there is none.
func changer(gate *login.Gate, dir string) func(login.Change) error {
	if gate != nil {
		return gate.Change
	}
	var one sync.Mutex
	return func(c login.Change) error {
		one.Lock()
		defer one.Unlock()
		g, _, err := login.Open(dir)
		if err != nil {
			return err
		}
		return g.Change(c)
	}
}

// parseUntil reads when a password ends: a day, a time, a number of days or a duration.
func parseUntil(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if day, err := time.ParseInLocation(time.DateOnly, text, now.Location()); err == nil {
		return day.AddDate(0, 0, 1), nil // the day counts, too
	}
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02T15:04", time.RFC3339} {
		if at, err := time.ParseInLocation(layout, text, now.Location()); err == nil {
			return at, nil
		}
	}
	if number, ok := strings.CutSuffix(text, "d"); ok {
		if days, err := strconv.Atoi(number); err == nil && days > 0 && days <= 36500 {
			return now.AddDate(0, 0, days), nil
		}
	} else if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return now.Add(d), nil
	}
	return time.Time{}, fmt.Errorf("--until %q is invalid: it must be a day like 2026-12-24, a time like \"2026-12-24 18:00\", or a duration like 7d or 12h", text)
}
