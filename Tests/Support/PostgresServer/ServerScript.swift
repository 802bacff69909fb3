/// The shell script that keeps the server. It ends the server and removes its files when its standard input ends, so also when the test
/// run is killed.
enum ServerScript {
    /// Called with the programs' folder, a folder that it may fill and remove, and a port; for a standby also with the folder and the port of
    /// its primary, which are empty otherwise; for a ``ServerDisk`` also with the folder there and its megabytes, empty otherwise; for a
    /// ``SteadyFlush`` also with the library and its microseconds, empty otherwise; then arguments for the server. Reads commands, a line each, and answers each with a line.
    static let text = #"""
        set -u
        programs=$1 folder=$2 port=$3 primary=${4-} primary_port=${5-} disk=${6-} megabytes=${7-} flush=${8-} microseconds=${9-}
        shift 9
        settings=$*
        trap '' INT TERM HUP
        # PostgreSQL refuses to run as root.
        unprivileged() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
        server() { head -n 1 "$folder/data/postmaster.pid" 2>/dev/null; }
        launch() {
            unprivileged env ${flush:+"LD_PRELOAD=$folder/flush.so" "FLUSH_MICROSECONDS=$microseconds"} "$programs/postgres" -D "$folder/data" -k "$folder" -p "$port" -c listen_addresses=127.0.0.1 \
                -c fsync=on -c max_connections=2000 -c shared_buffers=64MB -c timezone=UTC \
                -c log_line_prefix='%m %p %a ' $settings </dev/null >>"$folder/log" 2>&1 &
            started=$!
            until "$programs/pg_isready" -q -h "$folder" -p "$port"; do
                kill -0 "$started" 2>/dev/null || return 1
                sleep 0.05
            done
        }
        start() {
            tries=0
            # The processes of a server that was killed last a little longer, and hold its memory.
            until launch; do
                tries=$((tries + 1))
                [ "$tries" -lt 20 ] || { echo "failed: $(tail -n 3 "$folder/log" | tr '\n' ' ')"; return; }
                sleep 0.2
            done
            echo started
        }
        finish() { # by this signal
            pid=$(server)
            [ -n "$pid" ] || { echo stopped; return; }
            kill -"$1" "$pid" 2>/dev/null
            while kill -0 "$pid" 2>/dev/null; do sleep 0.02; done
            wait 2>/dev/null
            echo stopped
        }
        chmod 755 "$folder"
        mkdir -m 700 "$folder/data" "$folder/wal"
        # The server's user need not be allowed to read it where it is.
        if [ -n "$flush" ]; then cp "$flush" "$folder/flush.so"; fi
        if [ -n "$disk" ]; then mount -t tmpfs -o "size=${megabytes}m,mode=700" tmpfs "$folder/$disk"; fi
        if [ "$(id -u)" = 0 ]; then chown -R postgres "$folder"; fi
        cd "$folder"
        fill() {
            if [ -n "$primary" ]; then
                unprivileged "$programs/pg_basebackup" -h "$primary" -p "$primary_port" -U tollgate -D "$folder/data" -R -X stream \
                    --no-sync --checkpoint=fast
                return
            fi
            set -- -D "$folder/data" -U tollgate --auth=trust --encoding=UTF8 --locale=C --no-sync
            # What a full disk stops is either the tables or the log of changes.
            if [ -n "$disk" ]; then set -- "$@" --waldir="$folder/wal" --wal-segsize=1; fi
            unprivileged "$programs/initdb" "$@"
        }
        if ! fill </dev/null >"$folder/initdb" 2>&1; then echo "failed: $(tail -n 3 "$folder/initdb" | tr '\n' ' ')"; else start; fi
        while read -r command; do
            case $command in
                start) start ;;
                kill) finish KILL ;;
                stop) finish INT ;;
                fill) dd if=/dev/zero of="$folder/$disk/ballast" bs=4k 2>/dev/null; echo filled ;;
                empty) rm -f "$folder/$disk/ballast"; echo emptied ;;
            esac
        done
        finish QUIT >/dev/null
        if [ -n "$disk" ]; then umount "$folder/$disk" || umount -l "$folder/$disk"; fi
        rm -rf "$folder"
        """#
}
