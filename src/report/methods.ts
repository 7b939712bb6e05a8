/** The methods that reports name and that are not members of a family: a member's definition names its own. */
import type { Method } from '../core/method.ts';
import { temperatureScaling } from '../evaluate/temperature.ts';

/** Methods of training, of measuring and testing results, and of looking at them. */
export const methods = {
  bidirectional: {
    name: 'bidirectional layers',
    works: {
      schuster1997:
        'M. Schuster and K. K. Paliwal. Bidirectional recurrent neural networks. IEEE Transactions on Signal Processing 45(11), 1997.',
    },
  },
  dropout: {
    name: 'dropout',
    works: {
      srivastava2014:
        'N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever and R. Salakhutdinov. Dropout: a simple way to prevent neural networks from overfitting. JMLR 15, 2014.',
    },
  },
  variationalDropout: {
    name: 'variational dropout',
    works: {
      gal2016:
        'Y. Gal and Z. Ghahramani. A theoretically grounded application of dropout in recurrent neural networks. NIPS, 2016.',
    },
  },
  characterNgrams: {
    name: 'vectors of character n-grams',
    works: {
      bojanowski2017:
        'P. Bojanowski, E. Grave, A. Joulin and T. Mikolov. Enriching word vectors with subword information. TACL, 2017.',
    },
  },
  cooccurrenceVectors: {
    name: 'word vectors from co-occurrence (PPMI and a randomised SVD)',
    works: {
      levy2015:
        'O. Levy, Y. Goldberg and I. Dagan. Improving distributional similarity with lessons learned from word embeddings. TACL 3, 2015.',
      halko2011:
        'N. Halko, P.-G. Martinsson and J. A. Tropp. Finding structure with randomness: probabilistic algorithms for constructing approximate matrix decompositions. SIAM Review 53(2), 2011.',
    },
  },
  skipgramVectors: {
    name: 'word vectors by skip-gram with negative sampling',
    works: {
      mikolov2013:
        'T. Mikolov, I. Sutskever, K. Chen, G. S. Corrado and J. Dean. Distributed representations of words and phrases and their compositionality. NIPS, 2013.',
      bojanowski2017:
        'P. Bojanowski, E. Grave, A. Joulin and T. Mikolov. Enriching word vectors with subword information. TACL, 2017.',
    },
  },
  wordTypeDropout: {
    name: 'dropout of word types',
    works: {
      gal2016:
        'Y. Gal and Z. Ghahramani. A theoretically grounded application of dropout in recurrent neural networks. NIPS, 2016.',
    },
  },
  weightDrop: {
    name: 'weight drop',
    works: {
      wan2013:
        'L. Wan, M. Zeiler, S. Zhang, Y. LeCun and R. Fergus. Regularization of neural networks using DropConnect. ICML, 2013.',
      merity2018:
        'S. Merity, N. S. Keskar and R. Socher. Regularizing and optimizing LSTM language models. ICLR, 2018.',
    },
  },
  adversarial: {
    name: 'adversarial training',
    works: {
      miyato2017:
        'T. Miyato, A. M. Dai and I. Goodfellow. Adversarial training methods for semi-supervised text classification. ICLR, 2017.',
    },
  },
  rDrop: {
    name: 'R-drop',
    works: {
      liang2021:
        'X. Liang, L. Wu, J. Li, Y. Wang, Q. Meng, T. Qin, W. Chen, M. Zhang and T.-Y. Liu. R-Drop: regularized dropout for neural networks. NeurIPS, 2021.',
    },
  },
  mixup: {
    name: 'mixup',
    works: {
      zhang2018:
        'H. Zhang, M. Cisse, Y. N. Dauphin and D. Lopez-Paz. mixup: beyond empirical risk minimization. ICLR, 2018.',
      guo2019:
        'H. Guo, Y. Mao and R. Zhang. Augmenting data with mixup for sentence classification: an empirical study. arXiv:1905.08941, 2019.',
    },
  },
  unfreezing: {
    name: 'gradual unfreezing with lower rates in lower layers',
    works: {
      howard2018:
        'J. Howard and S. Ruder. Universal language model fine-tuning for text classification. ACL, 2018.',
    },
  },
  labelSmoothing: {
    name: 'label smoothing',
    works: {
      szegedy2016:
        'C. Szegedy, V. Vanhoucke, S. Ioffe, J. Shlens and Z. Wojna. Rethinking the Inception architecture for computer vision. CVPR, 2016.',
    },
  },
  clipping: {
    name: 'gradient clipping',
    works: {
      pascanu2013:
        'R. Pascanu, T. Mikolov and Y. Bengio. On the difficulty of training recurrent neural networks. ICML, 2013.',
    },
  },
  earlyStopping: {
    name: 'early stopping',
    works: {
      prechelt1998:
        'L. Prechelt. Early stopping, but when? In Neural Networks: Tricks of the Trade, Springer, 1998.',
    },
  },
  bootstrap: {
    name: 'bootstrap intervals',
    works: {
      efron1979:
        'B. Efron. Bootstrap methods: another look at the jackknife. Annals of Statistics 7(1), 1979.',
    },
  },
  wilson: {
    name: "Wilson's intervals of proportions",
    works: {
      wilson1927:
        'E. B. Wilson. Probable inference, the law of succession, and statistical inference. JASA 22(158), 1927.',
    },
  },
  reliability: { name: 'reliability diagrams', works: temperatureScaling.works },
  mcnemar: {
    name: "McNemar's test",
    works: {
      mcnemar1947:
        'Q. McNemar. Note on the sampling error of the difference between correlated proportions or percentages. Psychometrika 12(2), 1947.',
    },
  },
  satterthwaite: {
    name: 't-tests with the degrees of freedom of Satterthwaite',
    works: {
      satterthwaite1946:
        'F. E. Satterthwaite. An approximate distribution of estimates of variance components. Biometrics Bulletin 2(6), 1946.',
    },
  },
  resampled: {
    name: 'the corrected resampled t-test',
    works: {
      nadeau2003:
        'C. Nadeau and Y. Bengio. Inference for the generalization error. Machine Learning 52, 2003.',
    },
  },
  holm: {
    name: "Holm's correction",
    works: {
      holm1979:
        'S. Holm. A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6(2), 1979.',
    },
  },
  fanova: {
    name: 'functional analysis of variance',
    works: {
      hutter2014:
        'F. Hutter, H. Hoos and K. Leyton-Brown. An efficient approach for assessing hyperparameter importance. ICML, 2014.',
    },
  },
} as const satisfies Readonly<Record<string, Method>>;
