package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/spf13/cobra"

	"pigrid/desktop/cameras"
	"pigrid/desktop/gridapi"
	"pigrid/desktop/households"
	"pigrid/desktop/serve/config"
	"pigrid/desktop/serve/control"
)

// maxLine bounds what is read of standard input, in bytes.
const maxLine = 2 << 10

// list prints the cameras.
func (p program) list(ctx context.Context, _ config.Config, dir string, _ []string) error {
	a, err := control.Call(ctx, dir, "", gridapi.Call{})
	if err != nil {
		return err
	}
	if len(a.State.Cameras) == 0 {
		fmt.Fprintln(p.stdout, "No camera was found yet. `pigrid-serve add ADDRESS` adds one by its address.")
	} else {
		table := tabwriter.NewWriter(p.stdout, 0, 0, 3, ' ', 0)
		fmt.Fprintln(table, "NAME\tSTATE\tADDRESS\tKEY")
		for _, c := range a.State.Cameras {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", plain(c.Name), stateOf(c), plain(c.Address), plain(c.Key))
		}
		if err := table.Flush(); err != nil {
			return err
		}
	}
	for _, n := range a.State.Access.New {
		fmt.Fprintf(p.stdout, "New, and not shown: %s. `pigrid-serve add %s` shows its cameras.\n", plain(n.Name), plain(n.Address))
	}
	if a.State.Access.Strange > 0 {
		fmt.Fprintln(p.stdout, "Some agents are locked. `pigrid-serve key` reads their household key.")
	}
	return nil
}

// stateOf is a camera's state, and why.
func stateOf(c gridapi.Camera) string {
	if c.Reason == cameras.NoReason {
		return string(c.State)
	}
	return string(c.State) + " (" + string(c.Reason) + ")"
}

// plain is a text from the network as a terminal may show it.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cc, unicode.Cf) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, text)
}

// addFailed says why nothing could be added.
var addFailed = map[cameras.Reason]string{
	cameras.ReasonBadAddress:   "this is no address; write a host, host:port or a URL",
	cameras.ReasonBadLogin:     "a name or password in the address must be percent-encoded",
	cameras.ReasonNotLocal:     "the address is not on the local network",
	cameras.ReasonRefused:      "nothing listens there",
	cameras.ReasonUnreachable:  "there is no way to that address",
	cameras.ReasonTimeout:      "there is no answer",
	cameras.ReasonNotPigrid:    "neither an agent nor a camera answers there",
	cameras.ReasonNoStream:     "what answers there is no stream of pictures",
	cameras.ReasonUnauthorized: "it needs a name and a password; write them into the address: http://NAME:PASSWORD@HOST/",
	cameras.ReasonFull:         "there are as many cameras as there can be; forget one first",
	cameras.ReasonNeedsKey:     "it is locked; `pigrid-serve key` reads its household key",
	cameras.ReasonNotYours:     "it is locked, and by none of the household keys here",
	cameras.ReasonTooOld:       "its agent is older than this program; update it",
	cameras.ReasonTooNew:       "its agent is newer than this program; update pigrid-serve",
}

// add adds what is at an address.
func (p program) add(ctx context.Context, _ config.Config, dir string, args []string) error {
	address := args[0]
	if address == "-" { // it may have a password, and arguments are seen by everybody on the machine
		line, err := p.line()
		if err != nil {
			return fmt.Errorf("the address cannot be read: %w", err)
		}
		address = line
	}
	a, err := control.Call(ctx, dir, "add", gridapi.Call{Address: address})
	if err != nil {
		return err
	}
	r := a.Result
	if r == nil {
		return errors.New("the answer of pigrid-serve cannot be read; is the program that runs another version?")
	}
	if !r.OK {
		why, ok := addFailed[r.Reason]
		if !ok {
			why = "it ended with " + string(r.Reason)
		}
		if r.Detail != "" {
			why += " (" + plain(r.Detail) + ")"
		}
		return fmt.Errorf("nothing was added: %s", why)
	}
	for _, c := range a.State.Cameras {
		for _, key := range r.Keys {
			if c.Key == key {
				fmt.Fprintf(p.stdout, "Added %s (%s)\n", plain(c.Name), plain(c.Key))
			}
		}
	}
	return nil
}

// forget forgets a camera.
func (p program) forget(ctx context.Context, _ config.Config, dir string, args []string) error {
	a, err := control.Call(ctx, dir, "", gridapi.Call{})
	if err != nil {
		return err
	}
	c, err := pick(a.State.Cameras, args[0])
	if err != nil {
		return err
	}
	if _, err := control.Call(ctx, dir, "forget", gridapi.Call{Key: c.Key}); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "Forgot %s (%s)\n", plain(c.Name), plain(c.Key))
	return nil
}

// pick finds a camera by its key, or by its name if no other has it.
func pick(list []gridapi.Camera, wanted string) (found gridapi.Camera, err error) {
	matches := 0
	for _, c := range list {
		switch {
		case c.Key == wanted:
			return c, nil
		case strings.EqualFold(c.Name, wanted):
			found = c
			matches++
		}
	}
	switch matches {
	case 1:
		return found, nil
	case 0:
		return found, fmt.Errorf("there is no camera %q; pigrid-serve list shows all", wanted)
	default:
		return found, fmt.Errorf("%d cameras are called %q; say which by its key, from pigrid-serve list", matches, wanted)
	}
}

// loader is how a command gets its settings and its state folder.
type loader = func(func(ctx context.Context, cfg config.Config, dir string, args []string) error) func(*cobra.Command, []string) error

// line reads one of standard input.
func (p program) line() (string, error) {
	typed, err := bufio.NewReader(io.LimitReader(p.stdin, maxLine)).ReadString('\n')
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return strings.TrimSpace(typed), err
}

// keyCommand is `key`.
func (p program) keyCommand(within loader) *cobra.Command {
	var name string
	var keep bool
	cmd := &cobra.Command{Use: "key", Long: "Reads the household key of locked cameras from standard input.", Args: noArguments}
	cmd.Flags().StringVar(&name, "name", "Home", "what the household is called here")
	cmd.Flags().BoolVar(&keep, "keep", false, "keep a key that opens no agent at the moment")
	cmd.RunE = within(func(ctx context.Context, _ config.Config, dir string, _ []string) error {
		return p.key(ctx, dir, gridapi.Call{Name: name, Keep: keep})
	})
	return cmd
}

// key takes a household key in. It is never an argument: those are seen by everybody on
// the machine.
func (p program) key(ctx context.Context, dir string, c gridapi.Call) error {
	fmt.Fprintln(p.stderr, "Type the household key, and press Enter:")
	var err error
	if c.Text, err = p.line(); err != nil {
		return fmt.Errorf("the key cannot be read: %w", err)
	}
	a, err := control.Call(ctx, dir, "join", c)
	if err != nil {
		return err
	}
	r := a.Access
	switch {
	case r == nil:
		return errors.New("the answer of pigrid-serve cannot be read; is the program that runs another version?")
	case r.Code == households.BadKey:
		return fmt.Errorf("this is no household key: %s", r.Detail)
	case r.Code == households.NoneOpens:
		return errors.New("the key opens none of the locked agents that answer, and was not kept; --keep keeps it all the same")
	case !r.OK:
		return fmt.Errorf("the key was not kept (%s)", r.Code)
	}
	for _, o := range r.Opened {
		fmt.Fprintf(p.stdout, "It opens %s (%s)\n", plain(o.Name), plain(o.Address))
	}
	fmt.Fprintln(p.stdout, "The key is kept.")
	return nil
}
