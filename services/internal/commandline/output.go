package commandline

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rasoat/rasoat/services/internal/output"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// outputs marks the flags that name what a command writes, and endings what the name of the file may end in.
const (
	outputs = "rasoat_output"
	endings = "rasoat_endings"

	aFile     = "file"
	aFolder   = "folder"
	aKeptFile = "kept"
)

// OutputFile declares a flag that names a file to write, and the flag --force with it. A command whose file is there
// already, or whose name ends in something else than what the file is, is refused before it does anything. Without
// an ending, any will do.
func OutputFile(c *cobra.Command, value *string, name, usage string, ending ...string) {
	declare(c, value, name, usage, aFile)
	c.Flags().Lookup(name).Annotations[endings] = ending
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
		case err != nil || what == "":
		case path == "":
			err = Usage(c, "--"+f.Name+" để trống; hãy nêu tên", "--"+f.Name+" is empty: give a name")
		case what == aFolder:
			err = output.FreeFolder(path, forced(c))
		case what == aFile:
			err = output.Free(path, forced(c))
			if err == nil {
				err = endsAs(c, f, path)
			}
		}
	})
	return err
}

// endsAs refuses a file whose name says that it is something else than what is written. A device has no such name.
func endsAs(c *cobra.Command, f *pflag.Flag, path string) error {
	may := f.Annotations[endings]
	if len(may) == 0 || slices.Contains(may, strings.ToLower(filepath.Ext(path))) {
		return nil
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil
	}
	list := strings.Join(may, ", ")
	return Usage(c, "Tên tệp của --"+f.Name+" phải có đuôi "+list, "The file of --"+f.Name+" has to end in "+list)
}
