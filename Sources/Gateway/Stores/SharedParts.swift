import Events
import Journal
import Parity

/// What gateways over one journal have in common beside the journal itself.
struct SharedParts: Sendable {
    /// Reads what other gateways settle.
    let settlements: any SettlementReading
    /// Tells what people order at other gateways.
    let orders: any OrderFollowing
    /// Tells the gateways about each other.
    let reporting: any GatewayReporting
    /// The keys of clients.
    let keys: any ClientKeyKeeping
    /// The limits that all gateways keep together.
    let limits: any TokenAllotting
    /// Comparisons with vendors.
    let comparisons: any ParityStorage
    /// Sessions of browsers at the dashboard.
    let sessions: any SessionKeeping
    /// What each gateway has counted.
    let figures: any FiguresKeeping
}
