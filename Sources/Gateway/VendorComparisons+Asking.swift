import ParityRuns
import VendorReads

extension VendorComparisons: VendorAsking {}
