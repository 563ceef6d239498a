package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"pigrid/agent/config"
	"pigrid/agent/control"
	"pigrid/shared/api"
)

const aboutAccess = `Shows and changes who may watch the agent on this machine. An agent is open to
everybody on its network until the PiGrid app locks it for a household.

  status      who may watch, and whether the agent can be locked now
  claim       let the app lock the agent for the next 15 minutes
  reset       make the agent open again, when the household key is lost
  passwords   list the view passwords by name; the app changes them

Without a shell, an empty file called pigrid-open on the card's boot partition
keeps the agent open while it is there.`

// accessCommands are `pigrid-agent access …`.
func accessCommands(load func() (config.Config, error), env []string) *cobra.Command {
	parent := &cobra.Command{Use: "access", Long: aboutAccess, Args: noArguments}
	add := func(name, command string, show func(io.Writer, control.Answer)) {
		parent.AddCommand(&cobra.Command{Use: name, Long: aboutAccess, Args: noArguments, RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := load()
			if err != nil {
				return err
			}
			var answer control.Answer
			err = askAgent(cfg, env, "sudo pigrid-agent access "+name, func(dir string) (err error) {
				answer, err = control.Access(cmd.Context(), dir, command)
				return err
			})
			switch {
			case err != nil:
				return err
			case answer.Refusal != nil:
				return errors.New(answer.Refusal.Detail + " " + answer.Refusal.Hint)
			}
			show(cmd.OutOrStdout(), answer)
			return nil
		}})
	}
	add("status", control.AccessStatus, showAccess)
	add("claim", control.AccessClaim, showAccess)
	add("reset", control.AccessReset, showAccess)
	add("passwords", control.AccessStatus, showPasswords)
	parent.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	return parent
}

// showAccess says in words who may watch.
func showAccess(out io.Writer, a control.Answer) {
	if a.Hello.Access == api.Locked {
		fmt.Fprintln(out, "Locked: who watches needs a view password or the household key.")
	} else {
		fmt.Fprintln(out, "Open to everyone on the network.")
	}
	if left := time.Duration(a.Hello.ClaimSeconds) * time.Second; left > 0 {
		fmt.Fprintf(out, "The PiGrid app can lock it for the next %s.\n", left)
	}
	if p := a.Hello.Problem; p != nil {
		fmt.Fprintf(out, "%s %s\n", p.Message, p.Hint)
	}
}

// showPasswords lists the view passwords, whose texts the agent does not know.
func showPasswords(out io.Writer, a control.Answer) {
	if len(a.Passwords) == 0 {
		fmt.Fprintln(out, "No view passwords: the agent is open to everyone on the network.")
		return
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, p := range a.Passwords {
		until := "no end"
		if end, err := time.Parse(time.RFC3339, p.Until); err == nil {
			until = "until " + end.Local().Format("2006-01-02 15:04")
		}
		fmt.Fprintf(table, "%s\t%s\n", p.Name, until)
	}
	_ = table.Flush()
}

// statusOf asks the agent on this machine for its report.
func statusOf(ctx context.Context, cfg config.Config, env []string) (report control.Report, err error) {
	err = askAgent(cfg, env, "sudo pigrid-agent status", func(dir string) (err error) {
		report, err = control.Ask(ctx, dir)
		return err
	})
	return report, err
}
