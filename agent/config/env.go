package config

import (
	"fmt"
	"strings"
)

// envPrefix and the flag's name in capitals make the variable's name.
const envPrefix = "PIGRID_"

// fromEnv takes the settings that are not given yet from the environment. An
// empty variable counts as unset; of two with one name, the first counts.
func (l *Loader) fromEnv(env []string, given map[string]bool) error {
	names := map[string]string{} // end of the variable's name -> flag
	var ends []string
	for _, flag := range l.names() {
		end := strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
		names[end] = flag
		ends = append(ends, end)
	}
	for _, entry := range env {
		key, text, _ := strings.Cut(entry, "=")
		end, ours := strings.CutPrefix(key, envPrefix)
		flag, known := names[end]
		switch {
		case !ours || text == "" || given[flag]:
		case known:
			if err := l.flags.Set(flag, text); err != nil {
				return fmt.Errorf("the environment variable %s=%q is invalid: %s", key, text, reason(err))
			}
			given[flag] = true
		default:
			// Only what looks like a typing mistake: other programs, the app
			// among them, have variables with this prefix, too.
			if hint := didYouMean(end, envPrefix, ends); hint != "" {
				return fmt.Errorf("there is no setting %q%s", key, hint)
			}
		}
	}
	return nil
}
