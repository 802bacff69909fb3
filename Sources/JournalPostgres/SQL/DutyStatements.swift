/// What one node does for all.
extension Statement {
    /// Takes a duty that nobody has, or that the node has already. $1 the node, $2 the duty's name.
    static let takeDuty = Statement(
        """
        WITH me AS MATERIALIZED (SELECT node FROM nodes WHERE node = $1 FOR KEY SHARE)
        INSERT INTO duties(name, epoch, node) SELECT $2, 1, node FROM me
        ON CONFLICT (name) DO UPDATE SET node = excluded.node, epoch = duties.epoch + 1
            WHERE duties.node IS NULL OR duties.node = excluded.node
        RETURNING epoch
        """
    )

    /// $1 the node, $2 the duty's name, $3 the epoch. No row: the duty has changed hands.
    static let readDuty = read("SELECT 1 FROM duties WHERE node = $1 AND name = $2 AND epoch = $3")

    /// $1 the duty's name. Its epoch, which rises when the duty is taken and when it is given back, and whether somebody has it. No row: nobody
    /// ever had it.
    static let readDutyEpoch = read("SELECT epoch, node IS NOT NULL FROM duties WHERE name = $1")

    /// $1 the node, $2 the duty's name, $3 the epoch.
    static let giveBackDuty = Statement(
        "UPDATE duties SET node = NULL, epoch = epoch + 1 WHERE name = $2 AND node = $1 AND epoch = $3"
    )
}
