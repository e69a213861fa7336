// Package drive reads what varies from one data drive (đợt rà soát dữ liệu) to the next: the windows
// and the parts each requires, the regulation of each grade and school year, the directory of schools,
// and the catalogues of administrative units, ethnic groups, countries and subjects.
//
// A drive is a folder:
//
//	drive.yaml    windows, regulations, severities, rules, approval, registry; an unknown key is an error
//	schools.csv   code,name,kind,province,expected
//
// and next year's drive is a new folder, not new code. Its catalogue is one of those that the program
// carries ([Builtin]: "2023-04") or a folder beside drive.yaml ("./units").
//
// The rules that a drive adds are expressions of package expression: they are compiled and type-checked by [Load], so that a
// drive with a rule that cannot be asked does not load.
//
// The one rule a reader must not miss: a drive never changes after it is loaded, and its Digest names
// everything in it, so that a judgement can say which book it was made under. Slices that a Drive or a
// Catalogue hands out are shared: read them, never write to them.
package drive

// The directory of schools of the embedded drive is synthetic and made from the catalogue; deploy/drives
// holds a copy of that drive for operators to start from. Both are written by this command, and a test
// proves that they are what it writes.
//go:generate go run ./internal/gendrive -to dispatch1246 -copy ../../deploy/drives/2022-2023-12
