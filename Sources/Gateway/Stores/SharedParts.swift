import Events
import Journal
import Parity

/// What gateways over one journal share besides the journal itself.
struct SharedParts: Sendable {
    /// Reads what other gateways settle.
    let settlements: any SettlementReading
    /// Tells what people have ordered at other gateways.
    let orders: any OrderFollowing
    /// Tells the gateways about each other.
    let reporting: any GatewayReporting
    /// The keys of clients.
    let keys: any ClientKeyKeeping
    /// The rate limits that all gateways share.
    let limits: any TokenAllotting
    /// Comparisons with vendors.
    let comparisons: any ParityStorage
    /// Sessions of browsers at the dashboard.
    let sessions: any SessionKeeping
    /// Each gateway's statistics.
    let figures: any FiguresKeeping
}
