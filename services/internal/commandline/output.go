package commandline

import (
	"io"

	"github.com/rasoat/rasoat/services/internal/output"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// outputs marks the flags that name what a command writes.
const (
	outputs = "rasoat_output"

	aFile     = "file"
	aFolder   = "folder"
	aKeptFile = "kept"
)

// OutputFile declares a flag that names a file to write, and the flag --force with it. A command whose file is there
// already is refused before it does anything.
func OutputFile(c *cobra.Command, value *string, name, usage string) {
	declare(c, value, name, usage, aFile)
}

// OutputFolder declares a flag that names a folder to write into, and the flag --force with it.
func OutputFolder(c *cobra.Command, value *string, name, usage string) {
	declare(c, value, name, usage, aFolder)
}

func declare(c *cobra.Command, value *string, name, usage, what string) {
	f := c.Flags()
	f.StringVar(value, name, "", usage)
	f.Lookup(name).Annotations = map[string][]string{outputs: {what}}
	if f.Lookup("force") == nil {
		f.Bool("force", false, "replace a file that is there already")
	}
}

// KeptFile declares a flag that names a file which the command goes on with in each run. The command itself refuses a file
// that is not one of its own; nothing lets it write over another.
func KeptFile(c *cobra.Command, value *string, name, usage string) {
	c.Flags().StringVar(value, name, "", usage)
	c.Flags().Lookup(name).Annotations = map[string][]string{outputs: {aKeptFile}}
}

// Output returns "file", "folder" or "kept" for a flag that names what its command writes, and "" for others.
func Output(f *pflag.Flag) string {
	if what := f.Annotations[outputs]; len(what) > 0 {
		return what[0]
	}
	return ""
}

// WriteFile writes a file of an output flag as a whole.
func WriteFile(c *cobra.Command, path string, write func(io.Writer) error) error {
	return output.Write(path, forced(c), write)
}

func forced(c *cobra.Command) bool {
	force, _ := c.Flags().GetBool("force") // false where there is no such flag
	return force
}

// outputsFree refuses a command that would write over something.
func outputsFree(c *cobra.Command) (err error) {
	c.Flags().Visit(func(f *pflag.Flag) {
		path := f.Value.String()
		switch what := Output(f); {
		case err != nil || path == "":
		case what == aFolder:
			err = output.FreeFolder(path, forced(c))
		case what == aFile:
			err = output.Free(path, forced(c))
		}
	})
	return err
}
