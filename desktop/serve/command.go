package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"pigrid/desktop/serve/config"
)

const about = `pigrid-serve shows every Raspberry Pi camera on this network to browsers: open
http://127.0.0.1:8088/ on this computer. With --listen :8088 the whole network
may watch, after a login with the view password.`

const aboutSettings = `No setting is required. Each can be a flag, an environment variable
(PIGRID_SERVE_ and the flag's name in capitals, like PIGRID_SERVE_MAX_VIEWERS)
or a line in ` + config.DefaultFile + ` (max-viewers = 64). Flags override the
environment, and the environment overrides the file.`

// aboutService is for the man page.
const aboutService = `The package runs pigrid-serve as a service. Run the commands that manage it with
sudo then: sudo pigrid-serve list.`

const commands = `Usage:
  pigrid-serve [run] [flags]   show the cameras to browsers
  pigrid-serve list            list the cameras
  pigrid-serve add ADDRESS     add an agent or another camera: host, host:port
                               or URL; - reads it from standard input
  pigrid-serve forget CAMERA   forget a camera, by its name or its key
  pigrid-serve view NAME CAMERA...
                               make a view of some cameras; view --help lists
                               more
  pigrid-serve key             read the household key of locked cameras from
                               standard input
  pigrid-serve export PROGRAM  print the configuration of go2rtc, frigate,
                               mediamtx, homeassistant, prometheus or caddy
  pigrid-serve password        print the view password; password --help lists
                               more: add, remove, list, new
  pigrid-serve version         print the version
  pigrid-serve help flags      explain every flag
  pigrid-serve help file       print a configuration file with every setting
`

// helpWidth is how many columns the help may take.
const helpWidth = 80

// program is what the command line needs of the world.
type program struct {
	env            []string // NAME=value
	stdin          io.Reader
	stdout, stderr io.Writer
}

// execute runs the command line until it is done or ctx ends. Its error is one sentence
// for a person.
func (p program) execute(ctx context.Context, args []string) error {
	root := p.command()
	root.SetArgs(args)
	root.SetIn(p.stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	return root.ExecuteContext(ctx)
}

// command builds the command line.
func (p program) command() *cobra.Command {
	root := &cobra.Command{
		Use: "pigrid-serve", Long: about, Version: version,
		SilenceUsage: true, SilenceErrors: true, Args: noArguments,
		SuggestionsMinimumDistance: 2,
		CompletionOptions:          cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.SetVersionTemplate("pigrid-serve {{.Version}}\n")
	loader := config.NewLoader(root.PersistentFlags())
	// within loads the settings and finds the state folder for a command.
	within := func(run func(ctx context.Context, cfg config.Config, dir string, args []string) error) func(*cobra.Command, []string) error {
		return func(cmd *cobra.Command, args []string) error {
			cfg, err := loader.Load(p.env)
			if err != nil {
				return err
			}
			dir := stateDir(cfg, p.env)
			if dir == "" {
				return errors.New("there is no folder to keep cameras in (no HOME); say with --state-dir where")
			}
			defer giveBack(dir)
			return meansService(cfg, run(cmd.Context(), cfg, dir, args))
		}
	}
	root.RunE = within(func(ctx context.Context, cfg config.Config, dir string, _ []string) error {
		return p.serve(ctx, cfg, dir)
	})
	root.AddCommand(
		&cobra.Command{Use: "run", Long: about, Args: noArguments, RunE: root.RunE},
		&cobra.Command{Use: "list", Long: "Lists the cameras that the running pigrid-serve knows.", Args: noArguments, RunE: within(p.list)},
		&cobra.Command{Use: "add ADDRESS", Long: "Adds an agent or another camera: host, host:port or URL.", Args: one("an address"), RunE: within(p.add)},
		&cobra.Command{Use: "forget CAMERA", Long: "Forgets a camera, by its name or its key.", Args: one("a camera's name or key"), RunE: within(p.forget)},
		p.viewCommand(within),
		p.keyCommand(within),
		p.exportCommand(within),
		p.passwordCommand(within),
		&cobra.Command{Use: "version", Long: "Prints the version.", Args: noArguments, Run: func(*cobra.Command, []string) {
			fmt.Fprintln(p.stdout, "pigrid-serve", version)
		}},
	)
	root.SetHelpCommand(p.helpCommand())
	root.SetUsageFunc(func(cmd *cobra.Command) error { return usage(cmd) })
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return loader.FlagError(err) })
	return root
}

// helpCommand is `help`; under it stands what does not fit a screen.
func (p program) helpCommand() *cobra.Command {
	help := &cobra.Command{Use: "help", Long: about, Args: cobra.ArbitraryArgs, RunE: func(cmd *cobra.Command, args []string) error {
		if about, rest, err := cmd.Root().Find(args); err == nil && len(rest) == 0 {
			return about.Help()
		}
		return noArguments(cmd, args)
	}}
	help.AddCommand(
		&cobra.Command{Use: "flags", Long: "Explains every flag.", Args: noArguments, Run: func(cmd *cobra.Command, _ []string) {
			fmt.Fprintf(p.stdout, "%s\n\nFlags:\n%s", aboutSettings, flagsOf(cmd))
		}},
		// What help2man makes the man page of.
		&cobra.Command{Use: "manual", Hidden: true, Args: noArguments, Run: func(cmd *cobra.Command, _ []string) {
			fmt.Fprintf(p.stdout, "%s\n\n%s\n\n%s\n%s\n\nFlags:\n%s", about, aboutSettings, commands, aboutService, flagsOf(cmd))
		}},
		&cobra.Command{Use: "file", Long: "Prints a configuration file that explains every setting.", Args: noArguments, Run: func(*cobra.Command, []string) {
			fmt.Fprintf(p.stdout, "%s", config.Example())
		}},
	)
	return help
}

// flagsOf explains every flag.
func flagsOf(cmd *cobra.Command) string {
	return cmd.Root().PersistentFlags().FlagUsagesWrapped(helpWidth)
}

// usage prints what can be typed, the same for every command, and some flags; the rest
// stands under help flags.
func usage(cmd *cobra.Command) error {
	some := pflag.NewFlagSet("", pflag.ContinueOnError)
	some.SortFlags = false
	for _, name := range []string{"listen", "no-password", "state-dir"} {
		some.AddFlag(cmd.Root().PersistentFlags().Lookup(name))
	}
	_, err := fmt.Fprintf(cmd.OutOrStderr(), "%s\nFlags (all optional):\n%s", commands, some.FlagUsagesWrapped(helpWidth))
	return err
}

func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if names := cmd.Root().SuggestionsFor(args[0]); len(names) > 0 {
		return fmt.Errorf("there is no command %q; did you mean %s?", args[0], names[0])
	}
	return fmt.Errorf("there is no command %q; pigrid-serve --help lists all commands", args[0])
}

// one wants one argument.
func one(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return fmt.Errorf("%s needs %s; pigrid-serve --help shows how", cmd.Name(), what)
		}
		return nil
	}
}
