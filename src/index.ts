/**
 * Foretide as a library: from a shop's files, or from arrays in memory, to forecasts and what they are worth.
 *
 * @module
 */
export { backtest } from './backtest/backtest.ts'
export { bestOf } from './backtest/best.ts'
export { folderKeep, type Keep } from './backtest/keep.ts'
export { METRICS, type MetricName, type Scores } from './backtest/metrics/metrics.ts'
export type { BacktestOptions } from './backtest/options.ts'
export type { Backtest, LeaderboardRow, Protocol, ScoresByStock } from './backtest/result.ts'
export { Calendar, type CalendarOptions, type Period, UNITS, type Unit } from './core/calendar.ts'
export { CannotForecast, type Details, ForetideError, type Locale, type Refusal } from './core/errors.ts'
export {
  type Ask,
  askOf,
  DEFAULT_LEVELS,
  type Forecast,
  type Provenance,
  quantileAt,
  type Refused,
} from './core/forecast.ts'
export {
  type Column,
  Mask,
  type Panel,
  panelOf,
  type SeriesInput,
  type StaticColumn,
  seriesId,
  seriesParts,
} from './core/panel.ts'
export { Random } from './core/random.ts'
export { type Notice, type Progress, type Run, runOf } from './core/run.ts'
export { VERSION } from './core/version.ts'
export type { Window } from './core/window.ts'
export { type ExplainOptions, type Explanation, explainForecast, PARTS, type Part } from './explain/explain.ts'
export { type Change, changeOf, changeSentence, sentenceOf } from './explain/sentence.ts'
export { shapleyOf } from './explain/shapley.ts'
export { type FeatureBlock, features } from './features/features.ts'
export { defaultSpec, featureSpec } from './features/spec.ts'
export type { Alert, AlertOptions, Alerts } from './forecast/anomalies/alert.ts'
export { alertsOf } from './forecast/anomalies/alerts.ts'
export type { Anomaly, AnomalyKind, AnomalyOptions, Findings, SeriesFindings } from './forecast/anomalies/anomaly.ts'
export { findAnomalies } from './forecast/anomalies/find.ts'
export { type MendingPolicy, mendedWindow } from './forecast/anomalies/mend.ts'
export { type MendedOptions, mended } from './forecast/anomalies/mended.ts'
export { type AutoFitted, type AutoModel, type AutoOptions, autoModel } from './forecast/auto/auto-model.ts'
export { coldStart } from './forecast/cold-start/cold-start.ts'
export type { ColdStartOptions } from './forecast/cold-start/options.ts'
export { nearestProducts, successorsOf } from './forecast/cold-start/products.ts'
export { withColdStart } from './forecast/cold-start/with-cold-start.ts'
export { type DriftPolicy, hasDrifted, type Watch, watched } from './forecast/continual/drift.ts'
export { type Update, type UpdatePolicy, updated } from './forecast/continual/update.ts'
export { usualAvailability } from './forecast/hidden-demand/availability.ts'
export { type Judged, judgeWays } from './forecast/hidden-demand/judge.ts'
export { type LostOptions, type LostSales, lostSales } from './forecast/hidden-demand/lost.ts'
export type { HiddenDemandOptions } from './forecast/hidden-demand/options.ts'
export { type Planted, type PlantOptions, plantStockOuts } from './forecast/hidden-demand/plant.ts'
export { demandQuantile } from './forecast/hidden-demand/quantile.ts'
export { type Recovered, recoverDemand } from './forecast/hidden-demand/recover.ts'
export { type DemandAndSales, type DemandAndSalesInput, reportDemandAndSales } from './forecast/hidden-demand/report.ts'
export { type Availability, expectedSales } from './forecast/hidden-demand/sales.ts'
export { uncensored } from './forecast/hidden-demand/uncensored.ts'
export { demandWindow } from './forecast/hidden-demand/window.ts'
export { aggregated } from './forecast/hierarchy/aggregated.ts'
export { type Choice, type ChoiceOptions, chooseReconciliation } from './forecast/hierarchy/choose.ts'
export { crossTemporal } from './forecast/hierarchy/cross-temporal.ts'
export { type Hierarchy, hierarchyOf } from './forecast/hierarchy/hierarchy.ts'
export { inTime } from './forecast/hierarchy/in-time.ts'
export {
  type ReconciliationMethod,
  type ReconciliationOptions,
  reconciliationOf,
} from './forecast/hierarchy/methods.ts'
export { reconcile } from './forecast/hierarchy/reconcile.ts'
export { reconcileInTime } from './forecast/hierarchy/reconcile-in-time.ts'
export { type ReconciledModelOptions, reconciledModel } from './forecast/hierarchy/reconciled.ts'
export { reconciledForecast } from './forecast/hierarchy/reconciled-forecast.ts'
export { residualsOf, validationsOf } from './forecast/hierarchy/residuals.ts'
export { temporalHierarchy } from './forecast/hierarchy/temporal.ts'
export { hierarchyWindow } from './forecast/hierarchy/window.ts'
export { AUTO_NAMES, MODEL_INFOS, modelNamed } from './forecast/named.ts'
export type { SearchOptions } from './forecast/search/options.ts'
export type { RungScore, Search, Trial } from './forecast/search/result.ts'
export { type Searched, search } from './forecast/search/search.ts'
export {
  type Parameter,
  type ParameterValue,
  type ParameterValues,
  type SearchSpace,
  searchSpace,
} from './forecast/search/space.ts'
export { SEARCH_SPACES, searchSpaceOf } from './forecast/search/spaces.ts'
export type { IngestOptions, Input } from './ingest/options.ts'
export { chainOf } from './models/chain.ts'
export { type GlobalModel, globalModel } from './models/global/global-model.ts'
export type { GlobalOptions, Head } from './models/global/options.ts'
export {
  elasticNet,
  elasticNetPath,
  elasticNetPenalties,
  type FittedLinear,
  largestPenalty,
  lasso,
  penaltyPath,
  quantileRegression,
  ridge,
  ridgePath,
  ridgeSolve,
  solveQuantile,
  solveSupportVector,
  squaredError,
  supportVector,
} from './models/linear/linear.ts'
export type { Answer, LocalMethod, Series } from './models/local.ts'
export { localModel } from './models/local-model.ts'
export type { Dir, Fitted, Manifest, Model, Needs, TrainingCurve } from './models/model.ts'
export {
  type Autoencoder,
  learnAutoencoder,
  loadAutoencoder,
  type SeriesAnomalies,
} from './models/neural/autoencoder/autoencoder.ts'
export type { AutoencoderOptions } from './models/neural/autoencoder/options.ts'
export type { DistilOptions } from './models/neural/distil.ts'
export type { SeriesExplanation } from './models/neural/explained.ts'
export { distilNetwork, explainNetwork } from './models/neural/files.ts'
export { neuralModel } from './models/neural/neural-model.ts'
export type { NeuralInput } from './models/neural/options.ts'
export { type NeuralName, type NeuralOptions, neuralNamed } from './models/neural/presets.ts'
export { type SmallerRow, smallerFiles } from './models/neural/smaller.ts'
export { LAYOUTS, type Layout, type LayoutInput } from './models/outside/layout.ts'
export { type OutsideOptions, outsideModel } from './models/outside/outside.ts'
export { type Clusters, clustersOf } from './models/pretrained/clusters.ts'
export {
  type Embeddings,
  type EmbedOptions,
  embedSeries,
  type Neighbour,
  similarTo,
} from './models/pretrained/embed.ts'
export { loadPretrained, type Making, type PretrainedManifest, savePretrained } from './models/pretrained/files.ts'
export { type Finetuned, type FinetuneOptions, finetune } from './models/pretrained/finetune.ts'
export { SWELL_1, type SwellModelOptions, swellModel } from './models/pretrained/model.ts'
export { type PretrainOptions, pretrain } from './models/pretrained/pretrain.ts'
export { type SeriesStage, STAGES, type Stage, stagesOf } from './models/pretrained/stages.ts'
export type { Pretrained } from './models/pretrained/swell.ts'
export { textVector } from './models/pretrained/texts.ts'
export type { ModelInfo } from './models/registry.ts'
export type { FittedRegressor, Regressor } from './models/regressor.ts'
export type { Candidacy, Selection } from './models/selection.ts'
export { type Table, type TableBlock, type TableFeature, tableOf } from './models/table.ts'
export { gainImportance, splitImportance } from './models/trees/attribution/importance.ts'
export { shapInteractions } from './models/trees/attribution/interactions.ts'
export { permutationImportance } from './models/trees/attribution/permutation.ts'
export { type Attribution, interventionalShap, shapValues } from './models/trees/attribution/shap.ts'
export { boosting, type TreeRegressor } from './models/trees/boosting.ts'
export { broughtRegressor } from './models/trees/brought.ts'
export type { TreeEnsemble } from './models/trees/ensemble.ts'
export type { FittedTrees } from './models/trees/fitted.ts'
export { forest } from './models/trees/forest.ts'
export { lightgbmModel } from './models/trees/lightgbm/lightgbm.ts'
export type { ObjectiveOptions } from './models/trees/objectives/objective.ts'
export { treesToOnnx } from './models/trees/onnx/onnx.ts'
export type { BoostingOptions, ForestOptions } from './models/trees/options.ts'
export {
  backtestWorkspace,
  type ExplainWorkspaceOptions,
  explainWorkspace,
  type ForecastOptions,
  forecastWorkspace,
  importFiles,
  reportWorkspace,
  type TuneOptions,
  tuneWorkspace,
  type WorkspaceForecast,
} from './pipeline.ts'
export type { ReportData } from './report/data.ts'
export { renderReport } from './report/render.ts'
export { simulatePanel } from './simulate/panel.ts'
export { simulate } from './simulate/simulate.ts'
export type { CleaningPolicy } from './store/clean/policy.ts'
export { cleanedWindow } from './store/clean/window.ts'
export type { ImportFacts } from './store/facts.ts'
export type { ImportOptions } from './store/import.ts'
export { memorySource, type PanelSource } from './store/source.ts'
export { latestWindow, windowAt } from './store/window.ts'
export { Workspace } from './store/workspace.ts'
