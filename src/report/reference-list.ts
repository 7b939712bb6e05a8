/** The works that reports may cite. */

/** Each work by its key, as a list of references has it. */
export const TEXTS = {
  bergstra2011:
    'J. Bergstra, R. Bardenet, Y. Bengio and B. Kégl. Algorithms for hyper-parameter optimization. NIPS, 2011.',
  cho2014:
    'K. Cho, B. van Merriënboer, Ç. Gülçehre, D. Bahdanau, F. Bougares, H. Schwenk and Y. Bengio. Learning phrase representations using RNN encoder-decoder for statistical machine translation. EMNLP, 2014.',
  efron1979: 'B. Efron. Bootstrap methods: another look at the jackknife. Annals of Statistics 7(1), 1979.',
  elman1990: 'J. L. Elman. Finding structure in time. Cognitive Science 14(2), 1990.',
  gal2016:
    'Y. Gal and Z. Ghahramani. A theoretically grounded application of dropout in recurrent neural networks. NIPS, 2016.',
  gers2000:
    'F. A. Gers, J. Schmidhuber and F. Cummins. Learning to forget: continual prediction with LSTM. Neural Computation 12(10), 2000.',
  guo2017:
    'C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger. On calibration of modern neural networks. ICML, 2017.',
  hochreiter1997: 'S. Hochreiter and J. Schmidhuber. Long short-term memory. Neural Computation 9(8), 1997.',
  holm1979:
    'S. Holm. A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6(2), 1979.',
  hsieh2008:
    'C.-J. Hsieh, K.-W. Chang, C.-J. Lin, S. S. Keerthi and S. Sundararajan. A dual coordinate descent method for large-scale linear SVM. ICML, 2008.',
  hutter2014:
    'F. Hutter, H. Hoos and K. Leyton-Brown. An efficient approach for assessing hyperparameter importance. ICML, 2014.',
  kingma2015: 'D. P. Kingma and J. Ba. Adam: a method for stochastic optimization. ICLR, 2015.',
  loshchilov2019: 'I. Loshchilov and F. Hutter. Decoupled weight decay regularization. ICLR, 2019.',
  mcnemar1947:
    'Q. McNemar. Note on the sampling error of the difference between correlated proportions or percentages. Psychometrika 12(2), 1947.',
  nadeau2003: 'C. Nadeau and Y. Bengio. Inference for the generalization error. Machine Learning 52, 2003.',
  pascanu2013:
    'R. Pascanu, T. Mikolov and Y. Bengio. On the difficulty of training recurrent neural networks. ICML, 2013.',
  prechelt1998:
    'L. Prechelt. Early stopping, but when? In Neural Networks: Tricks of the Trade, Springer, 1998.',
  salton1988:
    'G. Salton and C. Buckley. Term-weighting approaches in automatic text retrieval. Information Processing & Management 24(5), 1988.',
  satterthwaite1946:
    'F. E. Satterthwaite. An approximate distribution of estimates of variance components. Biometrics Bulletin 2(6), 1946.',
  schuster1997:
    'M. Schuster and K. K. Paliwal. Bidirectional recurrent neural networks. IEEE Transactions on Signal Processing 45(11), 1997.',
  srivastava2014:
    'N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever and R. Salakhutdinov. Dropout: a simple way to prevent neural networks from overfitting. JMLR 15, 2014.',
  szegedy2016:
    'C. Szegedy, V. Vanhoucke, S. Ioffe, J. Shlens and Z. Wojna. Rethinking the Inception architecture for computer vision. CVPR, 2016.',
  wilson1927:
    'E. B. Wilson. Probable inference, the law of succession, and statistical inference. JASA 22(158), 1927.',
} as const satisfies Readonly<Record<string, string>>;

/** The key of a work. */
export type Citation = keyof typeof TEXTS;
