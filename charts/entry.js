// What Yulin's pages draw, and nothing else. The names come out as one global, `echarts`.
import * as core from 'echarts/core.js';
import { BarChart, GraphChart, HeatmapChart, LineChart, PieChart, SankeyChart, ScatterChart, TreeChart } from 'echarts/charts.js';
import {
  AriaComponent,
  DataZoomComponent,
  DatasetComponent,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TitleComponent,
  TooltipComponent,
  VisualMapComponent,
} from 'echarts/components.js';
import { LabelLayout, UniversalTransition } from 'echarts/features.js';
import { CanvasRenderer } from 'echarts/renderers.js';

core.use([
  BarChart, GraphChart, HeatmapChart, LineChart, PieChart, SankeyChart, ScatterChart, TreeChart,
  AriaComponent, DataZoomComponent, DatasetComponent, GridComponent, LegendComponent, MarkAreaComponent,
  MarkLineComponent, TitleComponent, TooltipComponent, VisualMapComponent,
  LabelLayout, UniversalTransition, CanvasRenderer,
]);

export const { init, getInstanceByDom, version } = core;
