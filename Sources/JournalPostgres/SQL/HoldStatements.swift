/// What keeps providers from being called.
extension Statement {
    /// $4 until, $5 whether parked, $6 code, $7 message, $8 the vendor's words.
    static let hold = Statement(
        """
        \(fence),
        held AS (
            INSERT INTO holds(account, until, is_parked, fault_code, fault_message, fault_vendor)
            SELECT number, $4, $5, $6, $7, $8 FROM fence
            ON CONFLICT (account) DO UPDATE SET until = excluded.until, is_parked = excluded.is_parked,
                fault_code = excluded.fault_code, fault_message = excluded.fault_message, fault_vendor = excluded.fault_vendor)
        SELECT 1 FROM fence
        """
    )

    static let unhold = Statement(
        "\(fence), freed AS (DELETE FROM holds USING fence WHERE account = fence.number) SELECT 1 FROM fence"
    )

    /// $1 account.
    static let readHold = read(
        "SELECT until, is_parked, fault_code, fault_message, fault_vendor FROM holds WHERE account = $1"
    )

    /// Lets the owner of the account look for what has changed.
    private static let nudge = """
        INSERT INTO nudges(account, number) VALUES ($1, 1) ON CONFLICT (account) DO UPDATE SET number = nudges.number + 1
        """

    /// $1 account, $2 until, $3 client, $4 when.
    static let holdByOperator = Statement(
        """
        WITH nudged AS (\(nudge))
        INSERT INTO operator_holds(account, until, client, at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (account) DO UPDATE SET until = excluded.until, client = excluded.client, at = excluded.at
        """
    )

    /// The same for the account of this name, if no operator holds it already.
    static let holdLostAccount = Statement(
        """
        INSERT INTO operator_holds(account, until, client, at) SELECT number, $2, $3, $4 FROM accounts WHERE name = $1
        ON CONFLICT (account) DO UPDATE SET until = excluded.until, client = excluded.client, at = excluded.at
        WHERE operator_holds.until < excluded.until
        """
    )

    /// $1 account, $2 when. The row stays, with no time until which it holds: so others see that the provider was resumed.
    static let unholdByOperator = Statement(
        """
        WITH nudged AS (\(nudge))
        INSERT INTO operator_holds(account, until, client, at) VALUES ($1, 0, '', $2)
        ON CONFLICT (account) DO UPDATE SET until = 0, client = '', at = excluded.at
        """
    )

    /// $1 account.
    static let readOperatorHold = read(
        "SELECT until, client, at FROM operator_holds WHERE account = $1 AND until > 0"
    )

    static let readOperatorOrders = read(
        "SELECT a.name, h.until, h.client, h.at FROM operator_holds h JOIN accounts a ON a.number = h.account"
    )

    /// $1 account.
    static let readShadowFields = read("SELECT DISTINCT field FROM shadow_counts WHERE account = $1")
}
