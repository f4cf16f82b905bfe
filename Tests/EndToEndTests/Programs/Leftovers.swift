/// Ends and removes what a test has left below its folder, however the test ended.
enum Leftovers {
    /// `$1` is the folder. A database is told to stop, any other program whose command line names
    /// the folder is killed, small disks are unmounted, and the folder is removed.
    static let script = """
        for file in "$1"/*/postgres/postmaster.pid; do
            [ -f "$file" ] && kill -QUIT "$(head -n 1 "$file")" 2>/dev/null
        done
        for entry in /proc/[0-9]*; do
            number=${entry#/proc/}
            [ "$number" != $$ ] || continue
            case "$(tr '\\0' ' ' < "$entry/cmdline" 2>/dev/null)" in
                *postgres*) ;;
                *"$1"*) kill -KILL "$number" 2>/dev/null ;;
            esac
        done
        for tries in 1 2 3 4 5 6 7 8 9 10; do
            ls "$1"/*/postgres/postmaster.pid > /dev/null 2>&1 || break
            sleep 0.2
        done
        for folder in "$1"/*; do
            mountpoint -q "$folder" && umount -l "$folder"
        done
        rm -rf "$1"
        """
}
