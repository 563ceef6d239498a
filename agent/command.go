package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"pigrid/agent/config"
)

const about = `pigrid-agent serves the cameras of this Raspberry Pi to its network:
open http://THIS-PI:8080/ in a browser, or start the PiGrid app on any computer.`

const aboutSettings = `No setting is required. Each can be a flag, an environment variable (PIGRID_
and the flag's name in capitals, like PIGRID_MAX_VIEWERS) or a line in
` + config.DefaultFile + ` (max-viewers = 64). Flags override the environment,
and the environment overrides the file. A [cameras.ID] table in the file applies
to one camera only.`

const aboutStatus = `Shows the agent on this machine: its address, its cameras, its viewers and its
last problem. The exit code is 0 when all is well, 1 when a camera gives no
picture, and 3 when no agent is running here.`

const commands = `Usage:
  pigrid-agent [run] [flags]   serve the cameras
  pigrid-agent status          show address, cameras, viewers, last problem
  pigrid-agent access          show or change who may watch
  pigrid-agent version         print the version
  pigrid-agent help flags      explain every flag
  pigrid-agent help file       print a configuration file with every setting
`

// helpWidth is how many columns the help may take.
const helpWidth = 80

// execute runs the command line until it is done or ctx ends. Its error is one
// sentence for a person.
func execute(ctx context.Context, args, env []string, stdout, stderr io.Writer) error {
	root := command(env, stderr)
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	return root.ExecuteContext(ctx)
}

// command builds the command line.
func command(env []string, stderr io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use: "pigrid-agent", Long: about, Version: version,
		SilenceUsage: true, SilenceErrors: true,
		Args:                       noArguments,
		SuggestionsMinimumDistance: 2,
		CompletionOptions:          cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.SetVersionTemplate("pigrid-agent {{.Version}}\n")
	loader := config.NewLoader(root.PersistentFlags(), values(sources()))
	root.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg, err := loader.Load(env)
		if err != nil {
			return err
		}
		return serve(cmd.Context(), cfg, env, stderr)
	}
	root.AddCommand(
		&cobra.Command{Use: "run", Long: about, Args: noArguments, RunE: root.RunE},
		&cobra.Command{Use: "status", Long: aboutStatus, Args: noArguments, RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loader.Load(env)
			if err != nil {
				return err
			}
			return status(cmd.Context(), cfg, env, cmd.OutOrStdout())
		}},
		accessCommands(func() (config.Config, error) { return loader.Load(env) }, env),
		&cobra.Command{Use: "version", Long: "Prints the version.", Args: noArguments, Run: func(cmd *cobra.Command, _ []string) {
			fmt.Fprintln(cmd.OutOrStdout(), "pigrid-agent", version)
		}},
	)
	root.SetHelpCommand(helpCommand(loader))
	root.SetUsageFunc(func(cmd *cobra.Command) error { return usage(cmd, loader.Short()) })
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return loader.FlagError(err) })
	return root
}

// helpCommand is `help`; under it stands what does not fit a screen.
func helpCommand(loader *config.Loader) *cobra.Command {
	help := &cobra.Command{Use: "help", Long: about, Args: cobra.ArbitraryArgs, RunE: func(cmd *cobra.Command, args []string) error {
		if about, rest, err := cmd.Root().Find(args); err == nil && len(rest) == 0 {
			return about.Help()
		}
		return noArguments(cmd, args)
	}}
	help.AddCommand(
		&cobra.Command{Use: "flags", Long: "Explains every flag.", Args: noArguments, Run: func(cmd *cobra.Command, _ []string) {
			fmt.Fprintf(cmd.OutOrStdout(), "%s\n\nFlags:\n%s", aboutSettings, cmd.Root().PersistentFlags().FlagUsagesWrapped(helpWidth))
		}},
		// What help2man makes the man page of.
		&cobra.Command{Use: "manual", Hidden: true, Args: noArguments, RunE: func(cmd *cobra.Command, _ []string) error {
			return manual(cmd)
		}},
		&cobra.Command{Use: "file", Long: "Prints a configuration file that explains every setting.", Args: noArguments, Run: func(cmd *cobra.Command, _ []string) {
			fmt.Fprintf(cmd.OutOrStdout(), "%s", loader.Example())
		}},
	)
	return help
}

// exitCodes is for scripts.
const exitCodes = "pigrid-agent status exits with 0 when all is well, 1 when a camera gives no picture, and 3 when no agent runs here or it may not be asked."

// manual prints all that is known of the program, in the form that help2man(1)
// reads.
func manual(cmd *cobra.Command) error {
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s\n\n%s\n\n%s\n%s\n\n%s\n\nFlags:\n%s", about, aboutSettings, commands, exitCodes, aboutAccess, cmd.Root().PersistentFlags().FlagUsagesWrapped(helpWidth))
	return err
}

// usage prints what can be typed, the same for every command, and some flags; the
// rest stands under help flags.
func usage(cmd *cobra.Command, some []string) error {
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.SortFlags = false
	for _, name := range some {
		flags.AddFlag(cmd.Root().PersistentFlags().Lookup(name))
	}
	_, err := fmt.Fprintf(cmd.OutOrStderr(), "%s\nFlags (all optional):\n%s", commands, flags.FlagUsagesWrapped(helpWidth))
	return err
}

func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if args[0] == "true" || args[0] == "false" {
		return fmt.Errorf("%q does not belong to a flag; write it like this: --mdns=%s", args[0], args[0])
	}
	if names := cmd.Root().SuggestionsFor(args[0]); len(names) > 0 {
		return fmt.Errorf("there is no command %q; did you mean %s?", args[0], names[0])
	}
	return fmt.Errorf("there is no command %q; pigrid-agent --help lists all commands", args[0])
}
