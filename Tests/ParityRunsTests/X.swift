import ParityRuns
